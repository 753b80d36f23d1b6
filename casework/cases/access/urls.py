"""Addresses of overrides, their review, and sealed notes. They hold ids and never a name."""

from django.urls import path

from casework.cases.access.views import override, review, sealed

app_name = "access"
urlpatterns = [
    path("override/", override.start, name="override"),
    path("override/finish/", override.finish, name="finish"),
    path("override/<uuid:override_id>/", override.confirm, name="confirm"),
    path("review/", review.queue, name="review_list"),
    path("review/done/", review.done, name="reviewed_list"),
    path("review/patterns/", review.patterns, name="patterns"),
    path("review/sign-ins/", review.sign_ins, name="sign_ins"),
    path("review/<uuid:override_id>/", review.review, name="review"),
    path("person/<uuid:person_id>/sealed/", sealed.notes, name="sealed"),
    path("person/<uuid:person_id>/sealed/add/", sealed.add, name="add_note"),
    path("sealed/<uuid:note_id>/", sealed.note, name="note"),
    path("sealed/<uuid:note_id>/open/", sealed.open_on_ground, name="open_note"),
    path("sealed/<uuid:note_id>/change/", sealed.change, name="change_note"),
    path("sealed/<uuid:note_id>/readers/", sealed.readers, name="readers"),
    path("sealed/<uuid:note_id>/end/", sealed.end, name="end_note"),
    path("sealed/reader/<uuid:grant_id>/end/", sealed.take_back, name="take_back"),
]
