"""The first administrator, by a link that `manage.py serve` prints while there is none."""

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.forms import UserCreationForm
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

SALT = "research.first"
MAX_AGE = 24 * 3600  # seconds
BACKEND = "django.contrib.auth.backends.ModelBackend"


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
    try:
        signing.loads(secret, salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        raise Http404("The link is not one that this site printed, or is too old.") from None
    if has_administrator() or not settings.RESEARCH_ACCOUNTS:
        raise Http404("The link is spent: there is an administrator.")
    form = AdministratorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = form.save(commit=False)
        person.is_staff = person.is_superuser = True
        person.save()
        login(request, person, backend=BACKEND)
        return redirect("home")
    status = 400 if form.errors else 200
    return render(request, "research/first.html", {"form": form}, status=status)
