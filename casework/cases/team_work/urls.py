"""Addresses of the pages about who is with whom. They hold ids and never a name."""

from django.urls import path

from casework.cases.team_work.views import away, check_ins, handovers, leaving, naming

app_name = "team_work"
urlpatterns = [
    path("person/<uuid:person_id>/", naming.company, name="company"),
    path("person/<uuid:person_id>/allocate/", naming.allocate, name="allocate"),
    path("allocation/<uuid:allocation_id>/change/", naming.change, name="change"),
    path("allocation/<uuid:allocation_id>/end/", naming.end, name="end"),
    path("allocation/<uuid:allocation_id>/handover/", handovers.plan, name="handover_plan"),
    path("handovers/", handovers.handover_list, name="handovers"),
    path("handover/<uuid:handover_id>/", handovers.handover, name="handover"),
    path("handover/<uuid:handover_id>/dates/", handovers.dates, name="handover_dates"),
    path("handover/<uuid:handover_id>/cancel/", handovers.cancel, name="handover_cancel"),
    path("handover/<uuid:handover_id>/complete/", handovers.complete, name="handover_complete"),
    path("person/<uuid:person_id>/check-ins/", check_ins.agree, name="check_in_agree"),
    path("check-in/<uuid:check_in_id>/", check_ins.change, name="check_in_change"),
    path("check-in/<uuid:check_in_id>/end/", check_ins.end, name="check_in_end"),
    path("away/", away.absence_list, name="absences"),
    path("away/add/", away.add, name="absence_add"),
    path("away/<uuid:absence_id>/", away.change, name="absence_change"),
    path("away/<uuid:absence_id>/end/", away.end, name="absence_end"),
    path("leaving/", leaving.leaving_list, name="leavings"),
    path("leaving/add/", leaving.add, name="leaving_add"),
    path("leaving/<uuid:leaving_id>/", leaving.leaving, name="leaving"),
    path(
        "leaving/<uuid:leaving_id>/person/<uuid:person_id>/", leaving.person, name="leaving_person"
    ),
    path("leaving/<uuid:leaving_id>/rest/", leaving.rest, name="leaving_rest"),
    path("leaving/<uuid:leaving_id>/finish/", leaving.finish, name="leaving_finish"),
    path("leaving/<uuid:leaving_id>/call-off/", leaving.call_off, name="leaving_call_off"),
]
