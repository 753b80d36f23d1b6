"""Addresses of the pages about the ways between teams. They hold ids and never a name."""

from django.urls import path

from referrals.paths.views import bounces, deaths, endings, gaps, handovers, journeys, links, reply

app_name = "paths"
urlpatterns = [
    path("person/<uuid:person_id>/journeys/", journeys.of_person, name="journeys"),
    path("referral/<uuid:referral_id>/journey/", journeys.of_referral, name="journey"),
    path("person/<uuid:person_id>/hand-over/", handovers.begin, name="handover_begin"),
    path("person/<uuid:person_id>/death/", deaths.record, name="death"),
    path("handovers/", handovers.handover_list, name="handovers"),
    path("referral/<uuid:referral_id>/hand-over/", handovers.of_referral, name="handover"),
    path("handover/<uuid:handover_id>/", handovers.handover, name="handover_steps"),
    path("handover/<uuid:handover_id>/accept/", handovers.accept, name="handover_accept"),
    path("handover/<uuid:handover_id>/decline/", handovers.decline, name="handover_decline"),
    path("handover/<uuid:handover_id>/stop/", handovers.stop, name="handover_stop"),
    path("referral/<uuid:referral_id>/ending/", endings.ending, name="ending"),
    path("referral/<uuid:referral_id>/ending/plan/", endings.plan, name="ending_plan"),
    path("referral/<uuid:referral_id>/intensity/", endings.intensity, name="intensity"),
    path("referral/<uuid:referral_id>/links/", links.link_list, name="reply_link"),
    path("referral/<uuid:referral_id>/links/make/", links.make, name="link_make"),
    path("link/<uuid:link_id>/", links.link, name="link"),
    path("link/<uuid:link_id>/withdraw/", links.withdraw, name="link_withdraw"),
    path("link/<uuid:link_id>/address/", links.end_address, name="address_end"),
    path("bounces/", bounces.bounce_list, name="bounces"),
    path("referral/<uuid:referral_id>/meeting/", bounces.plan, name="meeting_plan"),
    path("meeting/<uuid:meeting_id>/", bounces.record, name="meeting"),
    path("meeting/<uuid:meeting_id>/call-off/", bounces.call_off, name="meeting_call_off"),
    path("figures/", gaps.figures, name="figures"),
    path("reply/", reply.reply, name="reply"),
    path("reply/code/", reply.code, name="reply_code"),
    path("reply/done/", reply.done, name="reply_done"),
    path("reply/over/", reply.over, name="reply_over"),
    path("reply/<str:token>/", reply.open_link, name="reply_open"),
]
