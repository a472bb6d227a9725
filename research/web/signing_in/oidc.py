"""An OpenID Connect provider to sign in with: allauth's, with each answer checked.

allauth believes an id token without its signature where it has fetched it itself, and fails with
a traceback on an answer without the claims that it needs. Here signature, issuer, audience and
subject are looked at whatever the way, and what is wrong is a sentence.
"""

from functools import cached_property
from typing import Any, cast

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount import views
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from requests import RequestException

from research.exceptions import ResearchError
from research.web.links import public_url
from research.web.signing_in.exceptions import BadIdentity, ProviderAway, SiteRefused
from research.web.signing_in.refused import refused

NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]  # with public keys
CLAIMS = ["sub", "iss", "aud", "exp", "iat"]
CLOCKS = 60  # seconds by which the provider's clock may differ


class Adapter(OpenIDConnectOAuth2Adapter):
    """The steps of one sign-in. Its methods raise ProviderAway, SiteRefused and BadIdentity."""

    @cached_property
    def openid_config(self) -> dict[str, Any]:
        config = self._get(self.get_provider().server_url)
        for name in NEEDED:
            if not isinstance(config.get(name), str):
                raise BadIdentity(name=self._name, reason=f"its configuration lacks {name}")
        return config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return public_url(request, reverse("openid_connect_callback", args=[self.provider_id]))

    def get_access_token_data(self, *args: Any, **more: Any) -> dict[str, Any]:
        try:
            return cast(dict[str, Any], super().get_access_token_data(*args, **more))
        except RequestException as error:
            raise ProviderAway(name=self._name) from error
        except OAuth2Error as error:  # whose text is the answer whole
            raise SiteRefused(name=self._name) from error

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **more: Any
    ) -> Any:
        claims = self._claims(app, more["response"].get("id_token"))
        told = dict(claims)
        if address := self.openid_config.get("userinfo_endpoint"):
            told |= self._get(address, {"Authorization": f"Bearer {token.token}"})
        if told["sub"] != claims["sub"]:
            raise BadIdentity(name=self._name, reason="it told of two people")
        answer = {"userinfo": told, "id_token": claims}
        return self.get_provider().sociallogin_from_response(request, answer)

    @property
    def _name(self) -> str:
        return str(self.get_provider().app.name)

    def _claims(self, app: SocialApp, id_token: Any) -> dict[str, Any]:
        """What an id token says, once its signature holds."""
        try:
            keys = jwt.PyJWKSet.from_dict(self._get(self.openid_config["jwks_uri"]))
            named = jwt.get_unverified_header(id_token).get("kid")
            fitting = [key for key in keys.keys if named in (None, key.key_id)]
            if not fitting:
                raise BadIdentity(name=self._name, reason="its signature is by an unknown key")
            claims = jwt.decode(
                id_token,
                fitting[0],
                ALGORITHMS,
                {"require": CLAIMS},
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=CLOCKS,
            )
        except jwt.PyJWTError as error:
            raise BadIdentity(name=self._name, reason=str(error).rstrip(".").lower()) from error
        if not claims["sub"] or not isinstance(claims["sub"], str):
            raise BadIdentity(name=self._name, reason="it did not say who you are")
        return dict(claims)

    def _get(self, address: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
        try:
            with get_adapter().get_requests_session() as session:
                answer = session.get(address, headers=headers)
                answer.raise_for_status()
                found = answer.json()
        except RequestException as error:
            raise ProviderAway(name=self._name) from error
        if not isinstance(found, dict):
            raise BadIdentity(name=self._name, reason="its answer is not an object")
        return found


class Provider(OpenIDConnectProvider):
    """Takes an e-mail address for somebody's only where the provider has verified it."""

    oauth2_adapter_class = Adapter

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        fields = dict(super().extract_common_fields(data))
        return fields if _is_verified(data) else fields | {"email": ""}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        if not _is_verified(data):
            return []
        addresses = list(super().extract_email_addresses(data))
        for address in addresses:
            address.verified = True
        return addresses


def _is_verified(data: dict[str, Any]) -> bool:
    return data["userinfo"].get("email_verified") in (True, "true")


def connections(request: HttpRequest) -> HttpResponse:
    """Connects the provider to somebody's account, or ends that."""
    if not get_adapter().list_apps(request):
        raise Http404("This site has no provider.")
    return cast(HttpResponse, views.connections(request))


def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Leads to the provider."""
    return _answer(request, provider_id, OAuth2LoginView, request.GET.get("next", ""))


def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Where the provider sends browsers back to."""
    stashed = statekit.get_states(request).get(request.GET.get("state", ""))
    place = stashed[0].get("next") if stashed else ""
    return _answer(request, provider_id, OAuth2CallbackView, place or "")


def _answer(request: HttpRequest, provider_id: str, view: Any, place: str) -> HttpResponse:
    """What allauth's view answers; `place` is where the person wanted to go."""
    request.wanted = place  # type: ignore[attr-defined]
    try:
        answer: HttpResponse = view.adapter_view(Adapter(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404("This site has no such provider.") from None
    except ImmediateHttpResponse as known:
        return cast(HttpResponse, known.response)
    except ResearchError as error:
        return refused(request, error)
    return answer
