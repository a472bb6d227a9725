"""`manage.py token USERNAME`: makes an API token and prints it, this once."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from research.people.models import Scope, Team, Token
from research.people.models.audit import COMMAND
from research.people.models.token import MAX_DAYS


class Command(BaseCommand):
    help = "Makes an API token, for Authorization: Bearer, and prints it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--team", metavar="SLUG", help="default: the personal team")
        parser.add_argument("--scope", choices=Scope.values, default=Scope.WRITE.value)
        parser.add_argument("--days", type=int, metavar="N", help="default: it does not expire")

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no user {options['username']!r}.", returncode=2)
        if options["days"] is not None and not 0 <= options["days"] <= MAX_DAYS:
            raise CommandError(f"--days takes a whole number from 0 to {MAX_DAYS}.", returncode=2)
        team = self._team(user, options["team"])
        _, text = Token.objects.make(user, team, options["scope"], options["days"], by=COMMAND)
        self.stdout.write(text)

    def _team(self, user: Any, slug: str | None) -> Team:
        if slug is None:
            return Team.objects.personal_of(user)
        team = Team.objects.filter(slug=slug).first()
        if team is None:
            made = f"`manage.py team {slug}` makes it"
            raise CommandError(f"There is no team {slug!r}. {made}.", returncode=2)
        if not (user.is_superuser or team.memberships.filter(user=user).exists()):
            name = user.get_username()
            adds = f"manage.py team {slug} --member {name}:member"
            raise CommandError(f"{name} is not in {slug}. `{adds}` adds them.", returncode=2)
        return team
