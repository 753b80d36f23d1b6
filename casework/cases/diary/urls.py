"""Addresses of the diary. They hold ids and never a name."""

from django.urls import path

from casework.cases.diary.views import booking, correcting, crisis, group, lists, recording

app_name = "diary"
urlpatterns = [
    path("", lists.mine, name="mine"),
    path("past/", lists.past, name="past"),
    path("team/", lists.team, name="team"),
    path("group/", group.pick, name="group"),
    path("group/record/", group.record, name="group_record"),
    path("group/<uuid:group_id>/", group.entry, name="group_entry"),
    path("book/<uuid:person_id>/", booking.book, name="book"),
    path("record/<uuid:person_id>/", recording.record, name="record"),
    path("crisis/<uuid:person_id>/", crisis.crisis, name="crisis"),
    path("contact/<uuid:contact_id>/", lists.contact, name="contact"),
    path("contact/<uuid:contact_id>/record/", recording.outcome, name="outcome"),
    path("contact/<uuid:contact_id>/change/", booking.change, name="change"),
    path("contact/<uuid:contact_id>/cancel/", booking.cancel, name="cancel"),
    path("contact/<uuid:contact_id>/correct/", correcting.correct, name="correct"),
    path("contact/<uuid:contact_id>/mistake/", correcting.mistake, name="mistake"),
    path("step/<uuid:step_id>/", lists.step, name="step"),
]
