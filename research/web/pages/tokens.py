"""API tokens as pages make and revoke them: a person's own, and all of a team."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from research.exceptions import BadInput
from research.people.caller import Caller
from research.people.exceptions import NotAllowed
from research.people.models import Scope, Team, Token
from research.people.models.token import MAX_DAYS
from research.web.pages.row_key import row_key


class TokenForm(forms.Form):
    """A new token; without days it does not end."""

    name = forms.CharField(required=False, max_length=80)
    scope = forms.ChoiceField(
        choices=Scope, error_messages={"required": "Choose what the token may do."}
    )
    days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_DAYS,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            f"The days are a whole number from 1 to {MAX_DAYS}.",
        ),
    )


def make_token(caller: Caller, team: Team, data: Any) -> str:
    """The text of a new token of the caller's for the team. Raises BadInput and NotAllowed."""
    if caller.by_token:
        raise NotAllowed(need="tokens are made by people who have signed in")
    form = TokenForm(data)
    if not form.is_valid():
        raise BadInput(reason=" ".join(str(each[0]) for each in form.errors.values()))
    said = form.cleaned_data
    name = " ".join(said["name"].split())
    _, text = Token.objects.make(caller.user, team, said["scope"], said["days"], name)
    return text


def revoke_token(caller: Caller, tokens: QuerySet[Token], key: str) -> None:
    """Revokes one of the tokens; one that is not among them is left alone."""
    if token := tokens.filter(pk=row_key(key)).first():
        token.revoke(caller.username)
