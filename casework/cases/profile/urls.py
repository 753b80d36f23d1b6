"""Addresses of the pages about what is written down. They hold ids and never a name."""

from django.urls import path

from casework.cases.profile.views import adding, parts, words

app_name = "profile"
urlpatterns = [
    path("new/", adding.add, name="add"),
    path("twice/", adding.suspects, name="suspects"),
    path("twice/<uuid:suspect_id>/", adding.suspect, name="suspect"),
    path("person/<uuid:person_id>/", parts.edit, name="edit"),
    path("person/<uuid:person_id>/meet/", words.meet, name="meet"),
    path("person/<uuid:person_id>/about-me/", words.about, name="about"),
    path("person/<uuid:person_id>/what-happened/", words.happened, name="happened"),
    path("person/<uuid:person_id>/details/", words.details, name="details"),
    path("person/<uuid:person_id>/reach/", parts.channels, name="channels"),
    path("person/<uuid:person_id>/helps/", parts.add_adjustment, name="add_adjustment"),
    path("helps/<uuid:adjustment_id>/", parts.adjustment, name="adjustment"),
    path("person/<uuid:person_id>/who-i-am/", parts.add_statement, name="add_statement"),
    path("who-i-am/<uuid:statement_id>/", parts.statement, name="statement"),
]
