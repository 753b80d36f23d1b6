"""Addresses of the pages for asking another team. They hold ids and never a name or a need."""

from django.urls import path

from referrals.asking.views import beginning, offers, writing

app_name = "asking"
urlpatterns = [
    path("person/<uuid:person_id>/", beginning.start, name="start"),
    path("person/<uuid:person_id>/urgent/", beginning.urgent, name="urgent"),
    path("<uuid:referral_id>/", writing.read, name="read"),
    path("<uuid:referral_id>/teams/", beginning.team_list, name="teams"),
    path("<uuid:referral_id>/nothing-here/", beginning.missing, name="missing"),
    path("<uuid:referral_id>/write/", writing.write, name="write"),
    path("<uuid:referral_id>/send/", writing.send, name="send"),
    path("<uuid:referral_id>/again/", beginning.again, name="again"),
    path("<uuid:referral_id>/has-read/", writing.read_together, name="has_read"),
    path("<uuid:referral_id>/put-right/", writing.correct, name="correct"),
    path(
        "<uuid:referral_id>/put-right/<uuid:correction_id>/",
        writing.answer_correction,
        name="answer_correction",
    ),
    path("<uuid:referral_id>/file/", writing.attach, name="attach"),
    path("file/<uuid:attachment_id>/", writing.attachment, name="attachment"),
    path("file/<uuid:attachment_id>/remove/", writing.remove_attachment, name="remove_file"),
    path("offers/", offers.offer_list, name="offers"),
    path("offers/team/<uuid:team_id>/", offers.add, name="offer_add"),
    path("offers/<uuid:offer_id>/", offers.change, name="offer"),
]
