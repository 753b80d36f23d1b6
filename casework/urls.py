"""All addresses. Who may open each is declared on its view."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("", include("casework.accounts.urls")),
    path("", include("casework.worklist.urls")),
    path("people/", include("casework.cases.urls")),
    path("with/", include("casework.cases.team_work.urls")),
    path("about/", include("casework.cases.profile.urls")),
    path("access/", include("casework.cases.access.urls")),
    path("diary/", include("casework.cases.diary.urls")),
    path("alerts/", include("casework.alerts.urls")),
    path("ask/", include("referrals.asking.urls")),
    path("referrals/", include("referrals.work.urls")),
    path("paths/", include("referrals.paths.urls")),
    path("imports/", include("casework.extract.urls")),
    path("", include("casework.portal.urls")),
    path("my/plan/", include("careplans.own_urls")),
    path("my/referrals/", include("referrals.own_urls")),
    path("wording/", include("casework.wording.urls")),
    path("plans/", include("careplans.urls")),
    path("plan-lists/", include("careplans.list_urls")),
]

handler400 = "casework.errors.bad_request"
handler403 = "casework.errors.forbidden"
handler404 = "casework.errors.not_found"
handler500 = "casework.errors.server_error"
