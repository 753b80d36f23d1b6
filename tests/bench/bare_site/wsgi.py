"""Entry point of the bare site."""

import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.bare_site.settings"
django.setup()
settings.MIDDLEWARE = settings.MIDDLEWARE[:-1]  # the sign-in library's, which a bare site has not
application = WSGIHandler()
