"""The service's settings in a hostile mood: what a test leaves to chance shall fail here."""

import atexit
import os
import shutil
import tempfile

# The tests must not see the keys, files and switches of whoever runs them.
os.environ.update(
    SECRET_KEY="only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789",
    DATA_KEYS="dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=",
    SEAL_KEYS="tests-only-seal-key-0123456789-abcdefghij",
    DEBUG="0",
    DEMO="0",
    ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
    SITE_URL="http://testserver",
    REDIS_URL="",
    BEHIND_PROXY="0",
    EMAIL_HOST="",
    CRISIS_CONTACTS="",
    STATIC_MANIFEST="0",
    VAR_DIR=tempfile.mkdtemp(prefix="alongside-tests-"),
)
atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
if "TEST_RUN_DIR" not in os.environ:  # the process that begins a run tells those that it starts
    os.environ["TEST_RUN_DIR"] = tempfile.mkdtemp(prefix="alongside-run-")
    atexit.register(shutil.rmtree, os.environ["TEST_RUN_DIR"], ignore_errors=True)
os.environ["STATIC_ROOT"] = os.path.join(os.environ["VAR_DIR"], "static")
os.environ["DATABASE_URL"] = os.environ.get(
    "TEST_DATABASE_URL", f"sqlite:///{os.environ['VAR_DIR']}/test.sqlite3"
)
# on PostgreSQL the connection always says who asks; the policies that listen: tests/fenced.py
os.environ["DATABASE_FENCE"] = str(int(os.environ["DATABASE_URL"].startswith("postgres")))

from casework.settings import *  # noqa: E402, F403
from casework.settings import DATABASES, HUEY, MIDDLEWARE  # noqa: E402

HUEY.immediate = True  # a task that is called runs at once, in memory
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STRONG_SIGN_IN = False  # `force_login` proves nothing; tests of the sign-in switch it on
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, not safe
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = os.path.join(os.environ["VAR_DIR"], "media")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# A test database is flushed after stories; `append_only` in conftest closes the door for one test.
APPEND_ONLY_OPEN = True
# Innermost, so that what other middleware writes (session, access log) stays outside.
MIDDLEWARE = [*MIDDLEWARE, "tests.hostile.read_only_get"]
# whitenoise warns where there are no collected files; the live server finds them by itself
MIDDLEWARE.remove("whitenoise.middleware.WhiteNoiseMiddleware")
database = DATABASES["default"]
if database["ENGINE"].endswith("sqlite3"):
    # a file, as in the service, so that threads and other processes may share it
    database["TEST"] = {"NAME": database["NAME"]}
    database["OPTIONS"]["init_command"] += (
        " PRAGMA reverse_unordered_selects=ON; PRAGMA synchronous=OFF;"
    )
