"""The least that the same pages cost here: settings, addresses and views of a bare Django site.

Session, sign-in, one query with select_related and a plain template, over the same tables and the
same sessions as Alongside. What a benchmark of a page compares with.
"""

from __future__ import annotations

from typing import Any

from casework.settings import *  # noqa: F403, TID251

ROOT_URLCONF = "tests.bench.bare_site.urls"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    # asked for at the start and taken out before the first request: see wsgi.py
    "allauth.account.middleware.AccountMiddleware",
]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
ROW = (
    '<tr><td><a href="/people/{{ one.pk }}/">{{ one.person.name }}</a></td>'
    "<td>{{ one.key_worker.name }}</td><td>{{ one.team.name }}</td>"
    '<td>{{ one.opened_on|date:"j M Y" }}</td>'
    '<td>{{ one.person.birth_date|date:"j M Y" }}</td></tr>'
)
PERSON = (
    '<tr><td><a href="/people/{{ one.pk }}/">{{ one.name }}</a></td>'
    "<td>{{ one.local_id }}</td><td>{{ one.provider.name }}</td>"
    '<td>{{ one.birth_date|date:"j M Y" }}</td></tr>'
)
REFERRAL = (
    '<tr><td><a href="/referrals/{{ one.pk }}/">{{ one.person.name }}</a></td>'
    "<td>{{ one.team.name }}</td><td>{{ one.sender_team.name }}</td><td>{{ one.state }}</td>"
    '<td>{{ one.received_on|date:"j M Y" }}</td><td>{{ one.state_on|date:"j M Y" }}</td>'
    '<td>{{ one.asked_on|date:"j M Y" }}</td></tr>'
)
PAGE = (
    "<!doctype html><html lang=en><title>List</title><p>{{ request.user }}</p>"
    "<table>{% for one in rows %}ROW{% endfor %}</table></html>"
)
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        (
                            "django.template.loaders.locmem.Loader",
                            {
                                "team.html": PAGE.replace("ROW", ROW),
                                "people.html": PAGE.replace("ROW", PERSON),
                                "referrals.html": PAGE.replace("ROW", REFERRAL),
                            },
                        )
                    ],
                )
            ],
        },
    }
]
