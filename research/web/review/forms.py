"""What the desk's address says: which claims, and from where on."""

from collections.abc import Iterable
from typing import cast

from django import forms
from django.http import QueryDict

from research.people.caller import Caller
from research.runs.desk import Wanted
from research.runs.models import MAX_SEQ, WORST_FIRST, Claim, Run, Verdict

DECIDED = "decided"


class DeskFilter(forms.Form):
    """Which claims the desk shows; a field that cannot be read shows why, and asks nothing."""

    q = forms.CharField(required=False, max_length=200, label="Words of claim or topic")
    state = forms.ChoiceField(required=False, choices=[("", "open"), (DECIDED, "decided")])
    verdict = forms.ChoiceField(required=False)
    blueprint = forms.ChoiceField(required=False)
    run = forms.UUIDField(required=False, widget=forms.HiddenInput)
    topic = forms.IntegerField(
        required=False, min_value=1, max_value=MAX_SEQ, widget=forms.HiddenInput
    )

    def __init__(self, data: QueryDict, caller: Caller) -> None:
        self._caller = caller
        super().__init__(data, label_suffix="")
        self._offer("verdict", self._verdicts())
        runs = Run.objects.visible_to(caller)
        used = runs.order_by("blueprint").values_list("blueprint", flat=True).distinct()
        self._offer("blueprint", [(name, name) for name in used])
        self.full_clean()

    def _offer(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = [("", "any"), *choices]

    def _verdicts(self) -> list[tuple[str, str]]:
        """Of what is open the four that need a person, with how many there are."""
        if self.data.get("state") == DECIDED:
            return [(verdict, verdict) for verdict in Verdict.values]
        counts = Claim.objects.visible_to(self._caller).awaiting_counts()
        return [(verdict, f"{verdict} ({counts[verdict]:,})") for verdict in WORST_FIRST]

    @property
    def wanted(self) -> Wanted:
        given = self.cleaned_data
        return Wanted(
            is_decided=given.get("state") == DECIDED,
            verdict=given.get("verdict", ""),
            blueprint=given.get("blueprint", ""),
            run=given.get("run"),
            position=given.get("topic"),
            words=given.get("q", ""),
            caller=self._caller,
        )

    @property
    def is_filtered(self) -> bool:
        """Whether less is shown than all that is open, or all that is decided."""
        names = ("q", "verdict", "blueprint", "run", "topic")
        return any(self.cleaned_data.get(name) for name in names)
