"""The first administrator, by a link that `manage.py serve` prints while there is none."""

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import UserCreationForm
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

SALT = "research.first"
MAX_AGE = 24 * 3600  # seconds
SPENT = "The link is spent: this site has an administrator. Sign in, or ask them for an account."
TOO_OLD = "The link is older than a day. Start the site again: it prints another one."
UNKNOWN = "The link is not one that this site has printed. Copy it from the terminal, whole."


def has_administrator() -> bool:
    """Whether somebody can sign in as one."""
    people = get_user_model().objects.filter(is_superuser=True, is_active=True)
    return any(person.has_usable_password() for person in people)


def first_path() -> str:
    """The address, good for a day, and until there is an administrator."""
    return f"/first/{signing.dumps('administrator', salt=SALT)}/"


class AdministratorForm(UserCreationForm):  # type: ignore[type-arg]
    """A name and a password, twice."""

    class Meta:
        model = get_user_model()
        fields = ("username",)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def first(request: HttpRequest, secret: str) -> HttpResponse:
    """Makes the first administrator, and signs them in."""
    if not settings.RESEARCH_ACCOUNTS:
        raise Http404("Nobody signs in to this site.")
    try:
        signing.loads(secret, salt=SALT, max_age=MAX_AGE)
    except signing.SignatureExpired:
        return _refused(request, SPENT if has_administrator() else TOO_OLD)
    except signing.BadSignature:
        return _refused(request, UNKNOWN)
    with transaction.atomic():
        # 1. Of two who use the link at once, one waits here.
        ContentType.objects.select_for_update().get(app_label="auth", model="user")
        # 2. And finds that the other was faster.
        if has_administrator():
            return _refused(request, SPENT)
        form = AdministratorForm(request.POST or None)
        if request.method != "POST" or not form.is_valid():
            status = 400 if form.errors else 200
            return render(request, "research/first.html", {"form": form}, status=status)
        person = form.save(commit=False)
        person.is_staff = person.is_superuser = True
        person.save()
    signed_in: HttpResponse = perform_login(request, person)
    return signed_in


def _refused(request: HttpRequest, reason: str) -> HttpResponse:
    return render(request, "research/first_spent.html", {"reason": reason}, status=404)
