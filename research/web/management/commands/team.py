"""`manage.py team SLUG --member USERNAME:ROLE`: makes a team and its members."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from research.exceptions import ResearchError
from research.people.exceptions import BadRole
from research.people.models import Act, AuditEntry, Role, Team
from research.people.models.audit import COMMAND


class Command(BaseCommand):
    help = "Makes a team, if it is not there, and gives it members."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument(
            "--member",
            action="append",
            default=[],
            metavar="USERNAME:ROLE",
            help="viewer, member or manager; may be given several times",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._make(options["slug"], options["member"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=2) from None
        except ResearchError as error:
            raise CommandError(str(error), returncode=2) from None

    @transaction.atomic
    def _make(self, slug: str, members: list[str]) -> None:
        """Raises ValidationError and ResearchError, with nothing changed."""
        Team(slug=slug).clean_fields()
        team, is_new = Team.objects.get_or_create(slug=slug)
        if is_new:
            AuditEntry.objects.keep(team, Act.TEAM_MADE, COMMAND)
        self.stdout.write(f"{'Made' if is_new else 'There is'} the team {slug}.")
        for text in members:
            self._add(team, text)

    def _add(self, team: Team, text: str) -> None:
        username, _, role = text.rpartition(":")
        if not username or role not in Role.values:
            raise BadRole(text=text)
        people: Any = get_user_model().objects
        user = people.filter(username=username).first()
        if user is None:
            people.model(username=username).clean_fields(exclude=["password"])
            user = people.create_user(username)
            self.stdout.write(
                f"Made the user {username}, without a password: "
                f"`manage.py changepassword {username}` gives one."
            )
        team.add(user, role)
        self.stdout.write(f"{username} is a {role} of {team}.")
