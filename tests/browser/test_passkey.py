"""Signing in by a passkey, with Chromium's own authenticator, at a site behind TLS."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.people import PASSWORD, make_people
from tests.support.proxy import TlsProxy
from tests.support.site import Site, start_site


@pytest.fixture
def public(tmp_path: Path, first_database: Path) -> Iterator[str]:
    """The address of a site at which ann has an account."""
    with TlsProxy(tmp_path) as proxy:
        env = {"RESEARCH_ACCOUNTS": "on", "RESEARCH_PUBLIC_URL": proxy.url}
        site: Site = start_site(tmp_path / "site", first_database, **env)
        proxy.backend = ("127.0.0.1", int(site.env["PORT"]))
        make_people(site, {"acme": {"ann": "member"}})
        yield proxy.url
        site.kill()


def test_a_passkey_is_added_and_signs_in(public: str, open_page: Callable[..., Page]) -> None:
    page = open_page(base_url=public, ignore_https_errors=True)
    chromium = page.context.new_cdp_session(page)
    chromium.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    kind |= {"hasUserVerification": True, "isUserVerified": True}
    chromium.send("WebAuthn.addVirtualAuthenticator", {"options": kind})
    page.goto("/accounts/login/?next=/accounts/2fa/webauthn/add/")
    page.get_by_label("Username").fill("ann")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Password").fill(PASSWORD)  # once more, for what must not be changed
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("Security key added.")).to_be_visible()
    page.goto("/account/")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/?next=/account/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="ann", exact=True)).to_be_visible()
