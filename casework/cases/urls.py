"""Addresses of the pages about people. They hold ids and never a name."""

from django.urls import path

from casework.cases import views

app_name = "people"
urlpatterns = [
    path("", views.people, name="list"),
    path("<uuid:person_id>/", views.person, name="detail"),
    path("<uuid:person_id>/contacts/", views.contacts, name="contacts"),
    path("<uuid:person_id>/timeline/", views.timeline, name="timeline"),
    path("<uuid:person_id>/why/", views.why, name="why"),
]
