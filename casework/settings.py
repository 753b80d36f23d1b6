"""The one settings file. Every value comes from the environment; each mistake names its remedy."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from cryptography.fernet import Fernet as _Fernet
from cryptography.hazmat.primitives.serialization import load_pem_private_key as _private_key
from csp.constants import NONCE as _NONCE
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str | None = None) -> str:
    """A variable of the environment, or the default; with neither, an error with the remedy."""
    value = os.environ.get(name, "").strip() or default
    if value is None:
        raise ImproperlyConfigured(
            f"{name} is not set. Set it in the environment (see the configuration table in "
            "README.md); `make run` makes one for you in var/env."
        )
    return value


def env_bool(name: str, default: bool) -> bool:
    """A switch: 1/true/yes/on or 0/false/no/off."""
    value = env(name, "1" if default else "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}. Write 1 (on) or 0 (off).")


def env_int(name: str, default: int, low: int, high: int) -> int:
    """A whole number within bounds."""
    value = env(name, str(default))
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise ImproperlyConfigured(
            f"{name} is {value!r}. Write a whole number from {low} to {high}."
        )
    return int(value)


def env_list(name: str, default: str) -> list[str]:
    """Words separated by commas."""
    return [word.strip() for word in env(name, default).split(",") if word.strip()]


def database(url: str) -> dict:
    """Django's settings for a database address (`sqlite:///path` or `postgres://…`)."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = unquote(parts.path[1:])
        if not path:
            raise ImproperlyConfigured(
                f"DATABASE_URL is {url!r}, which names no file. Write sqlite:///path/to/file.sqlite3"
            )
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path if path == ":memory:" else str((BASE_DIR / path).resolve()),
            "OPTIONS": {
                # IMMEDIATE and a long timeout: without both, writers find the database locked;
                # recursive triggers: without them, REPLACE deletes a row past its triggers
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                " PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;"
                " PRAGMA cache_size=-65536;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        name = unquote(parts.path.lstrip("/"))
        if not name:
            raise ImproperlyConfigured(
                f"DATABASE_URL names no database. Write postgres://user:password@host:5432/alongside"
                f" (it begins {parts.scheme}://)."
            )
        try:
            port = parts.port
        except ValueError as error:
            raise ImproperlyConfigured(
                "DATABASE_URL has a port that is not a number. Write postgres://user@host:5432/name"
            ) from error
        query = dict(parse_qsl(parts.query))
        options: dict = {"pool": {"min_size": 1, "max_size": 4, "timeout": 10}}
        if query.pop("pool", "1") == "0":
            options = {}
        options |= query
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or query.get("host", ""),
            "PORT": str(port or ""),
            "CONN_MAX_AGE": 0,
            "OPTIONS": options,
        }
    raise ImproperlyConfigured(
        f"DATABASE_URL begins with {parts.scheme or url!r}. Write sqlite:///path/to/file.sqlite3 or"
        " postgres://user:password@host:5432/name"
    )


# What kind of place this is ---------------------------------------------------------------------

DEMO = env_bool("DEMO", False)  # a banner, invented people, no second factor asked for
DEBUG = env_bool("DEBUG", False)
VAR_DIR = Path(env("VAR_DIR", str(BASE_DIR / "var")))
PORT = env_int("PORT", 8000, 1, 65535)
SECRET_KEY = env("SECRET_KEY")
DATA_KEYS = env_list("DATA_KEYS", "")
if not DATA_KEYS:
    raise ImproperlyConfigured(
        "DATA_KEYS is not set. Make one with `python -c 'from cryptography.fernet import Fernet;"
        " print(Fernet.generate_key().decode())'`, keep it with your backups' keys, and set"
        " DATA_KEYS to it (newest first, separated by commas)."
    )
for _key in DATA_KEYS:
    try:
        _Fernet(_key)
    except ValueError as _error:
        raise ImproperlyConfigured(
            "DATA_KEYS holds a value that is not a Fernet key (44 characters). Make one with"
            " cryptography.fernet.Fernet.generate_key()."
        ) from _error
# newest first; they sign the access log. Without a set of their own, DATA_KEYS serve
SEAL_KEYS = env_list("SEAL_KEYS", "") or DATA_KEYS
if any(len(_key) < 32 for _key in SEAL_KEYS):
    raise ImproperlyConfigured(
        "SEAL_KEYS holds a value that is too short. Make one with `python -c 'import secrets;"
        " print(secrets.token_urlsafe(48))'` (newest first, separated by commas)."
    )

ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
SITE_URL = env("SITE_URL", f"http://localhost:{PORT}")
HTTPS = SITE_URL.startswith("https://")
if not SITE_URL.startswith(("http://", "https://")):
    raise ImproperlyConfigured(
        f"SITE_URL is {SITE_URL!r}. Write the address that people type, for example"
        " https://alongside.example.org"
    )
CSRF_TRUSTED_ORIGINS = [SITE_URL.rstrip("/")]

DATABASES = {"default": database(env("DATABASE_URL", f"sqlite:///{VAR_DIR}/alongside.sqlite3"))}
# the connection says who asks, for the policies that `manage.py fence` puts on
DATABASE_FENCE = env_bool("DATABASE_FENCE", False)
if DATABASE_FENCE:
    if not DATABASES["default"]["ENGINE"].endswith("postgresql"):
        raise ImproperlyConfigured(
            "DATABASE_FENCE is 1, and DATABASE_URL is not PostgreSQL's. Set DATABASE_FENCE=0, or"
            " use postgres://…"
        )
    DATABASES["default"]["ENGINE"] = "casework.common.fenced"
REDIS_URL = env("REDIS_URL", "")
if REDIS_URL and not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured(
        f"REDIS_URL begins with {REDIS_URL[:8]!r}. Write redis://host:6379/0 or leave it out."
    )

# Applications -----------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "simple_history",
    "django_fsm",
    "huey.contrib.djhuey",
    "csp",
    "django_htmx",
    "casework.common",
    "casework.outbox",
    "casework.directory",
    "casework.accounts",
    "casework.wording",
    "casework.cases",
    "casework.continuity",
    "casework.alerts",
    "casework.worklist",
    "casework.extract",
    "casework.reports",
    "casework.portal",
    "referrals",
    "careplans",
    "casework.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "casework.health.middleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "casework.common.fence.middleware",
    "casework.portal.access.KeepApart",
    "casework.accounts.sessions.middleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "casework.common.http.no_store",
    "casework.common.http.isolated",
    "casework.cases.access_log.middleware",
    "referrals.paths.uses.middleware",
    "casework.accounts.drafts.middleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "casework.accounts.strong.second_factor",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "casework.urls"
WSGI_APPLICATION = "casework.wsgi.application"
FORM_RENDERER = "casework.common.forms.renderer.NHSRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "casework.jinja.environment",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "casework.common.navigation.context",
                "casework.accounts.sessions.context",
                "casework.accounts.oidc.context.context",
                "casework.cases.access.banner.context",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS: list[str] = []

# Time, language ---------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
LANGUAGES = [  # each by its own name, for people's own pages; the pages of staff are in English
    ("en-gb", "English"),
    ("cy", "Cymraeg"),
]
LOCALE_PATHS = [BASE_DIR / "casework" / "locale"]
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

# Files ------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "casework" / "static"]
MEDIA_ROOT = VAR_DIR / "media"  # never below the web root: files are sent by views that check
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if env_bool("STATIC_MANIFEST", not DEBUG)
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Sign-in ----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["casework.accounts.backends.WithMemberships"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "casework.accounts.passwords.NotTheWordsInUse"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "casework.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by invitation, never by sign-up
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_TEMPLATE_EXTENSION = "jinja"
ACCOUNT_FORMS = {
    "login": "casework.accounts.forms.SignInForm",
    "reset_password": "casework.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "casework.accounts.forms.ResetPasswordKeyForm",
    "change_password": "casework.accounts.forms.ChangePasswordForm",
    "set_password": "casework.accounts.forms.SetPasswordForm",
    "reauthenticate": "casework.accounts.forms.ReauthenticateForm",
}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "10/m/ip,5/10m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
MFA_ADAPTER = "casework.accounts.second_steps.MFAAdapter"
MFA_FORMS = {
    "authenticate_webauthn": "casework.accounts.passkeys.PasskeyForm",
    "reauthenticate_webauthn": "casework.accounts.passkeys.PasskeyAgainForm",
}
MFA_TEMPLATE_EXTENSION = "jinja"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Alongside"
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

# Outside a demonstration: a second factor for everybody, and the password once more before an act
# that opens something to somebody
STRONG_SIGN_IN = not DEMO
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # seconds

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = env_int("SESSION_MINUTES", 30, 5, 1440) * 60
SESSION_LONGEST = env_int("SESSION_HOURS", 12, 1, 168) * 3600  # seconds, however busy
SESSION_SAVE_EVERY_REQUEST = False  # `accounts.sessions` writes it once a minute
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# Sign-in with a provider (OpenID Connect) -------------------------------------------------------


def oidc(
    prefix: str, *, name: str, issuer: str = "", scope: str = "openid", with_key_only: bool = False
) -> dict | None:
    """A provider by the variables that begin with `prefix`; None where there is none."""
    client_id = env(f"{prefix}_CLIENT_ID", "")
    issuer = env(f"{prefix}_ISSUER", issuer if client_id else "").rstrip("/")
    if not issuer and not client_id:
        return None
    if not client_id or not issuer:
        missing = "CLIENT_ID" if issuer else "ISSUER"
        raise ImproperlyConfigured(
            f"{prefix}_{missing} is not set. Set it to what the provider gave you, or leave"
            f" {prefix}_ISSUER and {prefix}_CLIENT_ID both out."
        )
    parts = urlsplit(issuer)
    here = parts.hostname in {"localhost", "127.0.0.1"}
    if parts.query or parts.fragment or not (parts.scheme == "https" or (here and not HTTPS)):
        raise ImproperlyConfigured(
            f"{prefix}_ISSUER is {issuer!r}. Write the provider's https:// address, as `issuer`"
            " says in its .well-known/openid-configuration."
        )
    secret, key_file = env(f"{prefix}_CLIENT_SECRET", ""), env(f"{prefix}_KEY_FILE", "")
    if with_key_only and (secret or not key_file):
        raise ImproperlyConfigured(
            f"{prefix}_KEY_FILE is not set, or {prefix}_CLIENT_SECRET is. This provider takes a"
            " signature and no secret: write the path of your private key (PEM) in"
            f" {prefix}_KEY_FILE and leave {prefix}_CLIENT_SECRET out."
        )
    if bool(secret) == bool(key_file):
        raise ImproperlyConfigured(
            f"Set one of {prefix}_CLIENT_SECRET and {prefix}_KEY_FILE (the path of a private key,"
            " PEM), as you agreed with the provider."
        )
    key = ""
    if key_file:
        try:
            key = Path(key_file).read_text(encoding="ascii")
            _private_key(key.encode(), password=None)
        except (OSError, ValueError, TypeError) as error:
            raise ImproperlyConfigured(
                f"{prefix}_KEY_FILE is {key_file!r}, which holds no private key that can be read."
                " Make one with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:4096`"
                " and give the provider its public half."
            ) from error
    return {
        "issuer": issuer,
        "client_id": client_id,
        "secret": secret,
        "key": key,
        "key_id": env(f"{prefix}_KEY_ID", ""),
        "name": env(f"{prefix}_NAME", name),
        "scope": env(f"{prefix}_SCOPE", scope),
        # what `acr` or `amr` say where the provider asked for a second factor itself
        "strong": env_list(f"{prefix}_STRONG", ""),
        "acr": env(f"{prefix}_ACR", ""),
        "vectors": env_list(f"{prefix}_VECTORS", "P9.Cp.Cd,P9.Cp.Ck,P9.Cm"),
    }


OIDC = {
    "staff": oidc("STAFF_OIDC", name="your organisation"),
    "people": oidc(
        "NHS_LOGIN",
        name="NHS login",
        issuer="https://auth.login.nhs.uk",
        scope="openid profile",  # with it comes the level of proof
        with_key_only=True,
    ),
}
OIDC = {name: provider for name, provider in OIDC.items() if provider is not None}
STAFF_PASSWORDS = env_bool("STAFF_PASSWORDS", True)
if not STAFF_PASSWORDS and "staff" not in OIDC:
    raise ImproperlyConfigured(
        "STAFF_PASSWORDS is 0, and staff have no other way to sign in. Set STAFF_OIDC_ISSUER and"
        " STAFF_OIDC_CLIENT_ID, or STAFF_PASSWORDS=1."
    )
for _provider in OIDC.values():
    if not all(_vector.startswith("P9.") and len(_vector) > 3 for _vector in _provider["vectors"]):
        raise ImproperlyConfigured(
            "NHS_LOGIN_VECTORS asks for less than P9. Write vectors that begin with P9 and say how"
            " people sign in, for example P9.Cp.Cd,P9.Cm"
        )

# Headers and cookies ----------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if HTTPS:  # with this prefix no other host of the domain can put a cookie of its own in our place
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "casework.errors.csrf_failure"
if env_bool("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = env_int("PROXY_COUNT", 1, 1, 10)

_csp_self = ["'self'"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'", _NONCE],
        "style-src": _csp_self,
        "img-src": ["'self'", "data:"],
        "font-src": _csp_self,
        "connect-src": _csp_self,
        "manifest-src": _csp_self,
        # signing out goes on to the provider, and browsers ask this list about redirects too
        "form-action": [
            *_csp_self,
            *("{0.scheme}://{0.netloc}".format(urlsplit(one["issuer"])) for one in OIDC.values()),
        ],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}


# Cache, jobs, mail ------------------------------------------------------------------------------

CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        # a table and not the process's memory: rate limits must count over all web processes
        else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
    )
}


def _huey():  # type: ignore[no-untyped-def]
    from huey.serializer import SignedSerializer

    serializer = SignedSerializer(secret=SECRET_KEY)
    if REDIS_URL:
        from huey import RedisHuey

        return RedisHuey("alongside", url=REDIS_URL, serializer=serializer, immediate=False)
    from huey import SqliteHuey

    VAR_DIR.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(
        "alongside",
        filename=str(VAR_DIR / "queue.sqlite3"),
        serializer=serializer,
        immediate=False,
    )


HUEY = _huey()

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env("EMAIL_HOST", "")
if not EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_PORT = env_int("EMAIL_PORT", 587, 1, 65535)
EMAIL_HOST_USER = env("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env("EMAIL_PASSWORD", "")
EMAIL_USE_TLS = env_bool("EMAIL_TLS", True)
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", "alongside@localhost")
TEXT_SENDER = env("TEXT_SENDER", "casework.outbox.senders.to_file")  # a function (to, body)

# Alongside --------------------------------------------------------------------------------------

SERVICE_NAME = "Alongside"
ORGANISATION_NAME = env("ORGANISATION_NAME", "").strip()
IMPORT_DIR = Path(env("IMPORT_DIR", str(VAR_DIR / "extracts")))  # folders offered in the browser
IMPORT_UPLOAD_MB = env_int("IMPORT_UPLOAD_MB", 500, 1, 10_000)
QUICK_EXIT_URL = env("QUICK_EXIT_URL", "https://www.bbc.co.uk/weather")
CRISIS_CONTACTS = env("CRISIS_CONTACTS", "").strip()  # "Name|number" pairs separated by ";"
if any("|" not in _pair for _pair in CRISIS_CONTACTS.split(";") if _pair.strip()):
    raise ImproperlyConfigured(
        f"CRISIS_CONTACTS is {CRISIS_CONTACTS!r}. Write Name|number, and ; between two of them."
    )
APPEND_ONLY_OPEN = False  # tests only: lets a test database be flushed
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

LOG_LEVEL = env("LOG_LEVEL", "INFO").upper()
if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
    raise ImproperlyConfigured(
        f"LOG_LEVEL is {LOG_LEVEL!r}. Write DEBUG, INFO, WARNING, ERROR or CRITICAL."
    )
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "casework.common.quiet_log.QuietFormatter",  # nothing about anybody in a log
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # Django's own handlers print and post whole requests
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "django.server": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "gunicorn.error": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        # with a handler of its own, or its command gives it one that prints whole errors
        "huey": {"handlers": ["console"], "level": LOG_LEVEL, "propagate": False},
    },
}
