"""People on a site with accounts: teams with their members, a token and a password for each."""

import json
import re
from collections.abc import Mapping

import httpx

from tests.support.site import Site

PASSWORD = "quiet-otter-77"  # of everybody here

MAKE = """
import json
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from research.people.models import Team, Token
password, tokens = make_password({password!r}), {{}}
for slug, members in {teams!r}.items():
    team = Team.objects.create(slug=slug)
    for name, role in members.items():
        user, _ = User.objects.get_or_create(username=name, defaults={{"password": password}})
        team.add(user, role)
        tokens[name] = Token.objects.make(user, team)[1]
print(json.dumps(tokens))
"""


def make_people(site: Site, teams: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Makes teams, by slug, with members and their roles, by username; returns their tokens."""
    code = MAKE.format(password=PASSWORD, teams=dict(teams))
    done = site.manage("shell", "-v", "0", "-c", code)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return dict(found)


def sign_in(client: httpx.Client, name: str, password: str = PASSWORD) -> httpx.Response:
    """Sends the form of the sign-in page as a browser does; the answer to it."""
    page = client.get("/accounts/login/")
    fields = fields_of(page.text) | {"login": name, "password": password}
    headers = {"Referer": str(page.url), "Origin": str(page.url.copy_with(path="/"))[:-1]}
    return client.post("/accounts/login/", data=fields, headers=headers)
