"""How fast calls may follow each other, as a provider's refusals have taught.

The provider's plan may be smaller than the site was told. Once the provider refuses a call for its
rate, nothing of that model is sent for as long as the provider wants. After that as many calls a
minute are sent as got through before, one a second at least, then more and more.
"""

from collections import deque

from research.engine.limits.clock import Clock

CAREFUL = 60.0  # seconds after a refusal in which calls are let out at the pace found out
SHORTEST_PAUSE, LONGEST_PAUSE = 0.05, 60.0  # seconds, whatever the provider asks for
FIRST_PACE = 1.0  # calls a second after a first refusal, at least: nobody knows yet
FASTER, SLOWER = 1.15, 0.6  # what an answer and a refusal make of that pace


class Pace:
    """The pace of one model. `per_second` is None until the provider has refused a call."""

    def __init__(self, period: float, clock: Clock) -> None:
        self._period, self._clock = period, clock
        self._sent: deque[float] = deque()  # when, in the last minute; without what was refused
        self._sent_at = self._learning_until = 0.0
        self.per_second: float | None = None
        self.paused_until = 0.0

    def sent(self) -> None:
        """A call is sent now."""
        now = self._clock.monotonic()
        self._sent_at = now
        self._sent.append(now)
        while self._sent[0] < now - self._period:
            self._sent.popleft()

    def refused(self, seconds: float) -> float | None:
        """The provider has refused a call, and wants none for some seconds.

        Returns how long that holds the calls, or None if they were held as long anyway.
        """
        if self._sent:
            self._sent.pop()
        seconds = min(max(seconds, SHORTEST_PAUSE), LONGEST_PAUSE)
        is_news = self._clock.monotonic() + seconds > self.paused_until + SHORTEST_PAUSE
        self.hold(seconds)
        return seconds if is_news else None

    def hold(self, seconds: float) -> None:
        """Nothing is to be sent for some seconds; then at a pace that was not refused yet."""
        now = self._clock.monotonic()
        if self.per_second is None:
            self._learning_until = now + seconds
        if now < self._learning_until:  # of the calls sent together, more are refused meanwhile
            seen = len(self._sent) / self._period
            self.per_second = max(seen, FIRST_PACE, 1 / seconds)
        elif self.per_second and now >= self.paused_until:
            self.per_second *= SLOWER
        self.paused_until = max(self.paused_until, now + seconds)

    def quicken(self) -> None:
        """A call was answered while others wait: the provider may take more."""
        if self.per_second:
            self.per_second *= FASTER

    def forget_if_long_ago(self) -> None:
        """After a while without a refusal calls are as free as before the first."""
        if self.per_second and self._clock.monotonic() - self.paused_until > CAREFUL:
            self.per_second = None

    def seconds_left(self) -> float:
        """Seconds until the next call may be sent; 0 if it may be now."""
        now = self._clock.monotonic()
        if self.paused_until > now:
            return self.paused_until - now
        if self.per_second is None:
            return 0.0
        return max(0.0, self._sent_at + 1 / self.per_second - now)
