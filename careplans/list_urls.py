"""Addresses of the lists behind plans, for whoever looks after them."""

from django.urls import path

from careplans.views import areas, measures

app_name = "plan_lists"
urlpatterns = [
    path("areas/", areas.areas, name="areas"),
    path("areas/add/", areas.add_area, name="add_area"),
    path("areas/in/<uuid:locality_id>/", areas.local_areas, name="local_areas"),
    path("areas/<uuid:area_id>/", areas.edit_area, name="edit_area"),
    path("measures/", measures.packs, name="packs"),
    path("measures/add/", measures.add_pack, name="add_pack"),
    path("measures/<uuid:pack_id>/use/", measures.use_pack, name="use_pack"),
]
