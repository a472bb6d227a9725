"""`manage.py team` and `manage.py token`: bad arguments get one line and exit status 2."""

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from research.people.models import Team

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["token", "nobody"], "no user 'nobody'"),
        (["token", "bob", "--team", "nope"], "no team 'nope'"),
        (["token", "bob", "--days", "-1"], "from 0 to 3650"),
        (["token", "bob", "--days", "99999999999999"], "from 0 to 3650"),
        (["team", "two words"], "slug"),
        (["team", ""], "blank"),
        (["team", "x" * 200], "50 characters"),
        (["team", "bees", "--member", "bob"], "USERNAME:viewer"),
        (["team", "bees", "--member", "two words:viewer"], "valid username"),
        (["team", "bees", "--member", f"{'x' * 200}:viewer"], "150 characters"),
        (["team", "bob", "--member", "eve:viewer"], "one person"),
    ],
)
def test_what_they_refuse(arguments: list[str], told: str) -> None:
    bob = User.objects.create_user("bob")
    Team.objects.personal_of(bob)
    before = Team.objects.count(), User.objects.count()
    with pytest.raises(CommandError, match=told) as refused:
        call_command(*arguments)
    assert refused.value.returncode == 2 and "\n" not in str(refused.value)
    assert (Team.objects.count(), User.objects.count()) == before
