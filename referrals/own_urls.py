"""Addresses of a person's own referrals."""

from django.urls import path

from referrals.views import own

app_name = "my_referrals"
urlpatterns = [
    path("", own.referrals, name="list"),
    path("services/", own.services_to_ask, name="services"),
    path("services/<uuid:offer_id>/", own.ask_service, name="ask_service"),
    path("<uuid:referral_id>/question/", own.question, name="question"),
    path("<uuid:referral_id>/", own.detail, name="detail"),
    path("<uuid:referral_id>/add/", own.add, name="add"),
    path("<uuid:referral_id>/stop/", own.stop, name="stop"),
    path("<uuid:referral_id>/come-back/", own.come_back, name="come_back"),
]
