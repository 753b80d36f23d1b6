"""Addresses of the import pages."""

from django.urls import path

from casework.extract import views

app_name = "imports"
urlpatterns = [
    path("", views.imports, name="list"),
    path("add/", views.add, name="add"),
    path("by-command/", views.runs, name="runs"),
    path("by-command/<uuid:run_id>/", views.run, name="run"),
    path("conflicts/", views.conflicts, name="conflicts"),
    path("conflicts/<uuid:conflict_id>/", views.conflict, name="conflict"),
    path("<uuid:request_id>/", views.detail, name="detail"),
    path("<uuid:request_id>/confirm/", views.confirm, name="confirm"),
    path("<uuid:request_id>/drop/", views.drop, name="drop"),
]
