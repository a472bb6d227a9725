"""The set-up page: administrators give the site keys and addresses of providers and engines.

Only what has answered is stored: each is tried first. What is stored is sealed, and shown never
again but for the last characters.
"""

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from research.exceptions import BadInput, ResearchError, SealBroken
from research.keyring.exceptions import NoAnswer, NotKept
from research.keyring.models import Change, Connection
from research.keyring.reading import opened, refresh
from research.people.caller import caller_in
from research.text import redaction
from research.web.setup import services
from research.web.setup.services import Service
from research.web.setup.trials import try_apart

LAST_CHANGES = 20
MAX_MODEL_NAME = 200  # characters


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
async def setup(request: HttpRequest) -> HttpResponse:
    """Shows what is ready; stores, tries or deletes what one service is reached by."""
    return await sync_to_async(sensitive_post_parameters()(_setup))(request)


def _setup(request: HttpRequest) -> HttpResponse:
    refresh()
    name, refusal, status = "", "", 200
    if request.method == "POST":
        name = request.POST.get("service", "")
        try:
            messages.success(request, _change(name, request.POST, caller_in(request).username))
            return redirect(f"{reverse('setup')}#{name}")
        except ResearchError as error:
            refusal, status = str(error), error.status
            refresh()
    typed = {key: str(value) for key, value in request.POST.items()}

    def listed(found: list[Service]) -> list[Service]:
        return [each.refusing(refusal, typed) if each.name == name else each for each in found]

    connections = _connections()
    context = {
        "providers": listed(services.providers(connections)),
        "engines": listed(services.engines(connections)),
        "changes": Change.objects.all()[:LAST_CHANGES],
        "refusal": "" if services.service(name, connections) else refusal,
    }
    return render(request, "setup/setup.html", context, status=status)


def _connections() -> dict[str, Connection]:
    return {each.service: each for each in Connection.objects.all()}


def _change(name: str, fields: QueryDict, by: str) -> str:
    """Makes the change that a service's form asks for; what to say about it.

    Raises BadInput, NotKept, NoAnswer, TrialsBusy and TrialFailed.
    """
    service = services.service(name, _connections())
    if service is None:
        raise BadInput(reason="there is no such service.")
    match fields.get("do"):
        case "store":
            told = _store(service, fields, by)
        case "try":
            told = _try(service, by)
        case "delete":
            Connection.objects.remove(service.name, by)
            told = f"What was stored of {service.title} is deleted."
        case _:
            raise BadInput(reason="there is no such change.")
    refresh()
    return told


def _store(service: Service, fields: QueryDict, by: str) -> str:
    if service.in_environment:
        raise BadInput(reason=f"{service.in_environment[0]} is set in the environment, which wins.")
    typed = {key: str(value) for key, value in fields.items()}
    values = service.read(typed, _kept(service))
    redaction.hide(values)  # from now on, whatever comes of it
    model = " ".join(typed.get("model", "").split())
    if len(model) > MAX_MODEL_NAME:
        raise BadInput(reason=f"a model's name has at most {MAX_MODEL_NAME} characters.")
    tried = try_apart(service.name, values, model if service.is_model else "")
    if tried.trouble:
        raise NotKept(reason=tried.trouble)
    Connection.objects.store(service.name, values, service.shown(values), tried, by)
    return _works(service, len(tried.models))


def _try(service: Service, by: str) -> str:
    values = {} if service.in_environment else _kept(service)
    model = service.connection.model if service.connection else ""
    tried = try_apart(service.name, values, model)
    Connection.objects.note_trial(service.name, tried, by)
    if tried.trouble:
        raise NoAnswer(title=service.title, reason=tried.trouble)
    return _works(service, len(tried.models))


def _kept(service: Service) -> dict[str, str]:
    """What is stored; nothing where it cannot be read."""
    try:
        return dict(opened(service.stored)) if service.stored else {}
    except SealBroken:
        return {}


def _works(service: Service, models: int) -> str:
    lists = f", and lists {models} model{pluralize(models)}" if models else ""
    return f"{service.title} answers{lists}."
