"""Django's settings, driven by the environment (see README, "Settings")."""

from pathlib import Path
from typing import Any

from researchsite import environment, outside

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = environment.make_folder(BASE_DIR / "var")

ENV_FILE = BASE_DIR / ".env"
environment.read_file(ENV_FILE)  # keys may stand there; the environment itself wins
outside.check()
env = environment.Environment.read()
if env.RESEARCH_MODEL:
    outside.check_model(env.RESEARCH_MODEL)

HOST, PORT = env.HOST, env.PORT  # where `manage.py serve` listens
DEBUG = env.DEBUG
SECRET_KEY = environment.secret_key(env.SECRET_KEY, VAR_DIR / "secret_key")
ALLOWED_HOSTS = env.ALLOWED_HOSTS
RESEARCH_TRUSTED_NETWORK = env.RESEARCH_TRUSTED_NETWORK
RESEARCH_ACCOUNTS = env.has_accounts  # else everyone is the person at this machine
RESEARCH_PUBLIC_URL = env.RESEARCH_PUBLIC_URL
RESEARCH_SCRAPE_TOKEN = env.RESEARCH_SCRAPE_TOKEN
if RESEARCH_PUBLIC_URL:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, env.public_host]
    CSRF_TRUSTED_ORIGINS = [RESEARCH_PUBLIC_URL]
    if RESEARCH_PUBLIC_URL.startswith("https://"):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
        SECURE_HSTS_SECONDS = 365 * 24 * 3600
        SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = False
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # whose X-Forwarded-For tells attempts to sign in apart
SILENCED_SYSTEM_CHECKS = [
    # They look for Django's middleware by name; the site has subclasses of it, and
    # tests/site/test_public_address.py looks at the headers that they send.
    "security.W001",
    "security.W002",
    "security.W003",
]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",  # allauth's page of sessions
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "ninja",  # its API pages come from our own static files, not from a CDN
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "research.people",
    "research.keyring",
    "research.library",
    "research.runs",
    "research.web",
]

MIDDLEWARE = [
    "research.web.middleware.Security",
    "servestatic.middleware.ServeStaticMiddleware",
    "research.web.middleware.Session",
    "research.web.middleware.Common",
    "research.web.middleware.Authentication",
    "research.web.gate.Gate",
    "research.web.middleware.Csrf",  # behind the gate, which knows who has come by a token
    "research.web.middleware.Message",
    "allauth.account.middleware.AccountMiddleware",
    "research.web.middleware.XFrameOptions",
    "research.web.middleware.ContentSecurityPolicy",
    "research.web.middleware.TellOutage",
]

ROOT_URLCONF = "researchsite.urls"
ASGI_APPLICATION = "researchsite.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "research.web.context.accounts",
            ],
        },
    },
]

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.DATABASE_URL
    or {"ENGINE": "django.db.backends.sqlite3", "NAME": str(VAR_DIR / "research.sqlite3")}
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # A write transaction takes its lock at the start: none fails half-way for want of it.
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        "PRAGMA secure_delete=ON;",  # what is deleted is overwritten (research.runs.deletion)
    }
else:
    # A request has a thread of its own; without a pool it would have a connection of its own too.
    DATABASES["default"]["OPTIONS"] = {
        **DATABASES["default"].get("OPTIONS", {}),  # of the URL: ?sslmode=require
        "pool": {"min_size": 1, "max_size": 20, "timeout": 10},
    }
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # after a restart of the server
    INSTALLED_APPS.append("procrastinate.contrib.django")
    PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
    PROCRASTINATE_IMPORT_PATHS = ["research.engine.fleet.tasks"]
# What runs the topics (research.runs.engines): a process beside the site's, or a fleet of workers.
RESEARCH_ENGINE = (
    "research.engine.fleet.dispatch.Fleet"
    if "procrastinate.contrib.django" in INSTALLED_APPS
    else "research.engine.embedded.process.EngineProcess"
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {  # of this process
    "default": {  # the first sentences of results
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 5000},
    },
    "lines": {  # of topics in the list of their run: 2 kB each
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "lines",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 5000},
    },
    "answers": {  # of the API, on runs that have ended: 0.3 MB each for 200 topics
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "answers",
        "TIMEOUT": 300,
        "OPTIONS": {"MAX_ENTRIES": 16},
    },
}
REDIS_URL = env.REDIS_URL  # what all processes share: pushes, rate limits
CHANNEL_LAYERS: dict[str, Any] = {
    "default": {"BACKEND": "research.live.layers.RedisChannelLayer", "CONFIG": {"url": REDIS_URL}}
    if REDIS_URL
    else {"BACKEND": "research.live.layers.InProcessChannelLayer"}
}

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "research.web.signing_in.adapters.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional" if env.EMAIL_URL else "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
RESEARCH_SENDS_MAIL = env.EMAIL_URL is not None
_mailer = "smtp" if RESEARCH_SENDS_MAIL else "dummy"
EMAIL_BACKEND = f"django.core.mail.backends.{_mailer}.EmailBackend"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.EMAIL_FROM or "research@localhost"
globals().update(env.EMAIL_URL or {})  # EMAIL_HOST, EMAIL_PORT, …
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Research: "
ACCOUNT_EMAIL_NOTIFICATIONS = True  # of a new password, a new address, another factor
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to strangers
ACCOUNT_CHANGE_EMAIL = True  # one address each, which its owner confirms
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # for what a session left open must not change
ACCOUNT_RATE_LIMITS = {"invite": "30/h/user"}  # invitations that are mailed
PASSWORD_RESET_TIMEOUT = 24 * 3600
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ADAPTER = "research.web.signing_in.adapters.FactorAdapter"
MFA_TOTP_ISSUER = "Research"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody comes in by an address alone
USERSESSIONS_TRACK_ACTIVITY = False
SOCIALACCOUNT_ADAPTER = "research.web.signing_in.adapters.ProviderAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form that leads elsewhere is what form-action forbids
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "research.web.signing_in.oidc.Provider",
        "OAUTH_PKCE_ENABLED": True,
        "APPS": env.oidc_apps,
    }
}
RESEARCH_OIDC_GROUPS = env.RESEARCH_OIDC_GROUPS  # (group, team, role) each

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
SERVESTATIC_USE_FINDERS = True  # no collectstatic step between a clone and the first page
SERVESTATIC_AUTOREFRESH = DEBUG

DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # where a session can be ended
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# What the site is about ----------------------------------------------------------------------

RESEARCH_MODEL = env.RESEARCH_MODEL  # empty: see crews/llms/catalog.py
RESEARCH_MAX_CREWS = env.RESEARCH_MAX_CREWS
RESEARCH_MAX_TOPICS = env.RESEARCH_MAX_TOPICS
RESEARCH_CALL_TIMEOUT = env.RESEARCH_CALL_TIMEOUT
RESEARCH_TOOL_TIMEOUT = env.RESEARCH_TOOL_TIMEOUT
RESEARCH_TOPIC_TIMEOUT = env.RESEARCH_TOPIC_TIMEOUT
RESEARCH_SEARCH = env.RESEARCH_SEARCH  # engines by name; empty: those whose key is there
RESEARCH_SEARCH_WIDTH = env.RESEARCH_SEARCH_WIDTH  # engines that a search asks at once
RESEARCH_SEARCH_PER_MINUTE = env.RESEARCH_SEARCH_PER_MINUTE
RESEARCH_ROBOTS = env.RESEARCH_ROBOTS  # whether robots.txt is honoured
RESEARCH_MCP_FILE = env.RESEARCH_MCP_FILE or VAR_DIR / "mcp.json"  # servers that are commands
RESEARCH_EMBEDDING = env.RESEARCH_EMBEDDING  # whether the library's search asks word vectors
# Of any model for which no Plan says otherwise.
RESEARCH_REQUESTS_PER_MINUTE = env.RESEARCH_REQUESTS_PER_MINUTE
RESEARCH_TOKENS_PER_MINUTE = env.RESEARCH_TOKENS_PER_MINUTE
# Of a run that brings no budget of its own; USD, for models whose price is known.
RESEARCH_KEEP_DAYS = env.RESEARCH_KEEP_DAYS  # None: runs are kept for ever
RESEARCH_TOKEN_BUDGET = env.RESEARCH_TOKEN_BUDGET
RESEARCH_MONEY_BUDGET = env.RESEARCH_MONEY_BUDGET
RESEARCH_CREWAI_HOME = VAR_DIR / "crewai"  # what CrewAI insists on writing goes here
RESEARCH_LOG_FORMAT = env.RESEARCH_LOG_FORMAT
RESEARCH_METRICS_PORT = env.RESEARCH_METRICS_PORT  # a process's own; None: not shown
RESEARCH_METRICS_HOST = env.RESEARCH_METRICS_HOST

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "research.ops.logs.LineFormatter",
            "format": "{asctime} {levelname:<7} {name}: {message}",
            "style": "{",
        },
        "json": {"()": "research.ops.logs.JsonFormatter"},
    },
    "filters": {"ids": {"()": "research.ops.logs.Ids"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": RESEARCH_LOG_FORMAT,
            "filters": ["ids"],
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "research": {"level": "INFO"},
        # The code that needed the connection says what its loss means.
        "psycopg.pool": {"level": "ERROR"},
        "procrastinate": {"level": "CRITICAL"},
        "channels_redis": {"level": "CRITICAL"},
        "mcp": {"level": "CRITICAL"},  # a client is told what is wrong with its message
        "pypdf": {"level": "ERROR"},  # the person who uploads a damaged PDF is told
        "django.server": {"level": "WARNING", "handlers": ["console"], "propagate": False},
    },
}
