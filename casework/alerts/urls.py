from django.urls import path

from casework.alerts.views import causes, lists, thresholds

app_name = "alerts"
urlpatterns = [
    path("", lists.mine, name="mine"),
    path("team/", lists.team, name="team"),
    path("seen/", lists.seen, name="seen"),
    path("daily-email/", lists.daily, name="digest"),
    path("causes/", causes.over_time, name="causes"),
    path("causes.csv", causes.as_csv, name="causes_csv"),
    path("thresholds/", thresholds.overview, name="thresholds"),
    path("thresholds/<str:code>/", thresholds.edit, name="threshold"),
    path("thresholds/<str:code>/back/", thresholds.back_to_default, name="threshold_back"),
    path("<uuid:alert_id>/", lists.detail, name="detail"),
]
