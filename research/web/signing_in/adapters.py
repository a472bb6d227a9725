"""What the site decides for django-allauth: nobody makes an account for themselves."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.userkit import filter_users_by_email
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from django.conf import settings
from django.http import HttpRequest

from research.people.models import Role, Team
from research.web.links import public_url
from research.web.signing_in.exceptions import AddressTaken, Denied, Lost
from research.web.signing_in.mail import send_later
from research.web.signing_in.refused import refused


class Adapter(DefaultAccountAdapter):
    """Accounts are made by administrators, by invitation and by the OpenID Connect provider."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "The name or the password is wrong.",
        "too_many_login_attempts": "Too many attempts have failed. Wait five minutes, "
        "then try again.",
    }

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        return self._public(super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return self._public(super().get_email_confirmation_url(request, emailconfirmation))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In a thread: nobody can tell by the time it takes whether an address is somebody's."""
        told = {**context, "place": public_url(self.request, "/")}
        send_later(lambda: super(Adapter, self).send_mail(template_prefix, email, told))

    def _public(self, url: str) -> str:
        return public_url(self.request, urlsplit(url).path)

    def post_login(self, request: HttpRequest, user: Any, **more: Any) -> Any:
        if login := (more["signal_kwargs"] or {}).get("sociallogin"):
            Team.objects.follow_groups(user, roles_of(login))
        return super().post_login(request, user, **more)


class FactorAdapter(DefaultMFAAdapter):
    """Passkeys are for the public address, whatever Host a proxy names."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        host = urlsplit(public_url(self.request, "/")).hostname or ""
        return {"id": host, "name": settings.MFA_TOTP_ISSUER}


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Whom the OpenID Connect provider knows has an account here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """No account is taken over by an address: its owner connects the provider to it."""
        if sociallogin.is_existing or sociallogin.state.get("process") == AuthProcess.CONNECT:
            return
        if any(filter_users_by_email(each.email) for each in sociallogin.email_addresses):
            error = AddressTaken(name=sociallogin.provider.name)
            raise ImmediateHttpResponse(refused(request, error))

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, **more: Any
    ) -> None:
        is_known = (more.get("extra_context") or {}).get("state") is not None
        told = Denied(name=provider.name) if is_known or error == AuthError.CANCELLED else Lost()
        raise ImmediateHttpResponse(refused(request, told))


def roles_of(login: SocialLogin) -> dict[str, Role]:
    """The teams into which the groups of somebody lead: the highest role for each."""
    told = login.account.extra_data.get("userinfo", {}).get("groups")
    groups = told if isinstance(told, list) else [told]
    roles: dict[str, Role] = {}
    for group, team, role in settings.RESEARCH_OIDC_GROUPS:
        if group in groups:
            roles[team] = max(roles.get(team, Role.VIEWER), Role(role), key=lambda each: each.rank)
    return roles
