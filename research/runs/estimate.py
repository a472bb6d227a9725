"""What a run is going to cost, as far as that can be told before."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Avg, Count

from research.crews.llms.price_list import FREE, Price
from research.runs.models import Plan, Run, Status, Topic

EARLIER_RUNS = 5  # that are looked at, the newest


@dataclass(frozen=True)
class Estimate:
    """A model's price, and the mean use of earlier topics with the same model and blueprint."""

    model: str
    price: Price | None
    topics: int
    prompt: int
    completion: int

    @property
    def tokens(self) -> int:
        """Per topic, rounded to two digits: it is not more certain than that."""
        total = self.prompt + self.completion
        return round(total, 2 - len(str(total)))

    @property
    def is_free(self) -> bool:
        return self.price == FREE

    @property
    def usd(self) -> Decimal | None:
        """Per topic."""
        return self.price.of(self.prompt, self.completion) if self.price else None


def estimate_of(model: str, blueprint: str) -> Estimate:
    """One query. Raises UnknownModel."""
    earlier = Run.objects.filter(model=model, blueprint=blueprint).newest_first()[:EARLIER_RUNS]
    topics = Topic.objects.filter(run__in=earlier.values("pk"), status=Status.SUCCEEDED)
    mean = topics.aggregate(number=Count("pk"), p=Avg("prompt_tokens"), c=Avg("completion_tokens"))
    return Estimate(
        model,
        Plan.objects.price_of(model),
        topics=mean["number"],
        prompt=round(mean["p"] or 0),
        completion=round(mean["c"] or 0),
    )
