"""Addresses of administration, invitations and drafts; each group has its own namespace."""

from typing import Any

from django.urls import include, path

from casework.accounts.views import directory, drafts, invitations, jobs, oidc, signed_in, users
from casework.directory.presenters import NOUNS

_drafts = [
    path("save/", drafts.save, name="save"),
    path("discard/", drafts.discard, name="discard"),
]

_invitations = [
    path("", invitations.choose, name="choose"),
    path("<str:secret>/", invitations.open_link, name="open"),
]

_users = [
    path("", users.users, name="list"),
    path("access/", users.access, name="access"),
    path("access.csv", users.access_csv, name="access_csv"),
    path("add/", users.add, name="add"),
    path("<uuid:user_id>/", users.detail, name="detail"),
    path("<uuid:user_id>/edit/", users.edit, name="edit"),
    path("<uuid:user_id>/roles/add/", users.role, name="role"),
    path("<uuid:user_id>/roles/add/<slug:role>/", users.grant, name="grant"),
    path("<uuid:user_id>/worker/", users.worker, name="worker"),
    path("<uuid:user_id>/worker/link/", users.link, name="link"),
    path("<uuid:user_id>/invite/", users.invite, name="invite"),
    path("<uuid:user_id>/provider/", users.identity, name="identity"),
    path("<uuid:user_id>/provider/end/", users.identity_end, name="identity_end"),
    path("<uuid:user_id>/second-step/", users.reset_factors, name="reset_factors"),
    path("<uuid:user_id>/sign-out/", users.sign_out, name="sign_out"),
    path("<uuid:user_id>/end-access/", users.deactivate, name="deactivate"),
    path("<uuid:user_id>/let-in/", users.reactivate, name="reactivate"),
    path("roles/<uuid:membership_id>/end/", users.end, name="end"),
]


def _of(noun: str, plural: str) -> list[Any]:
    """List, add and change for one kind of row of the directory."""
    about = {"noun": noun}
    return [
        path(f"{plural}/", directory.rows, about, name=plural),
        path(f"{plural}/add/", directory.add, about, name=f"{noun}_add"),
        path(f"{plural}/<uuid:row_id>/", directory.edit, about, name=f"{noun}_edit"),
    ]


_directory = [
    path("", directory.index, name="index"),
    *[entry for noun in NOUNS.values() for entry in _of(noun.slug, noun.plural)],
]

_jobs = [
    path("", jobs.jobs, name="list"),
    path("messages/", jobs.messages, name="messages"),
    path("<uuid:job_id>/retry/", jobs.retry, name="retry"),
    path("messages/<uuid:message_id>/retry/", jobs.send_again, name="send_again"),
]

_signed_in = [
    path("", signed_in.places, name="list"),
    path("end/", signed_in.end_others, name="end_others"),
    path("stay/", signed_in.stay, name="stay"),
    path("left/", signed_in.left, name="left"),
    path("<slug:handle>/end/", signed_in.end, name="end"),
]

_oidc = [
    path("<slug:provider>/", oidc.start, name="start"),
    path("<slug:provider>/again/", oidc.again, name="again"),
    path("<slug:provider>/connect/", oidc.connect, name="connect"),
    path("<slug:provider>/back/", oidc.back, name="back"),
    path("<slug:provider>/ended/", oidc.ended, name="ended"),
]

urlpatterns = [
    path("sign-in-with/", include((_oidc, "oidc"))),
    path("signed-in/", include((_signed_in, "signed_in"))),
    path("drafts/", include((_drafts, "drafts"))),
    path("invitation/", include((_invitations, "invitations"))),
    path("users/", include((_users, "users"))),
    path("directory/", include((_directory, "directory"))),
    path("jobs/", include((_jobs, "jobs"))),
]
