"""Addresses of the work with referrals. They hold ids and never a name."""

from django.urls import path

from referrals.work.lists import LISTS
from referrals.work.views import acting, bulk, detail, lists, saved

app_name = "referrals"
urlpatterns = [
    path("", lists.start, name="start"),
    *(path(f"{which.key}/", lists.worklist, {"which": which}, name=which.key) for which in LISTS),
    path("ended/", lists.ended, name="ended"),
    path("several/", bulk.several, name="bulk"),
    path("saved/<slug:key>/", saved.save_list, name="save_list"),
    path("saved/<uuid:saved_id>/remove/", saved.forget_list, name="forget_list"),
    path("<uuid:pk>/", detail.detail, name="detail"),
    path("<uuid:pk>/do/<slug:event>/", acting.act, name="act"),
]
