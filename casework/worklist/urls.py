"""Addresses of the home page, the lists of people and the team's page. They hold no name."""

from django.urls import path

from casework.worklist.views import home, people, saved, team

urlpatterns = [
    path("", home.home, name="home"),
    path("people/mine/", people.mine, name="my_people"),
    path("team/", team.overview, name="my_team"),
    path("team/people/", people.team, name="team_people"),
    path("lists/", saved.listed, name="saved_lists"),
    path("lists/keep/", saved.keep, name="keep_list"),
    path("lists/<uuid:list_id>/rename/", saved.rename, name="rename_list"),
    path("lists/<uuid:list_id>/remove/", saved.remove, name="remove_list"),
]
