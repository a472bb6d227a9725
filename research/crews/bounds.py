"""The bounds of a model's answer: what is larger is refused, or cut and says so."""

from research.exceptions import ResearchError

MAX_CALLS = 32  # tool calls of one answer
MAX_CALL_BYTES = 2 * 1024 * 1024  # of the events that bring an answer's tool calls
MAX_EVENT = 4 * 1024 * 1024  # bytes of one event
MAX_ANSWER = 32 * 1024 * 1024  # bytes of a whole answer


class AnswerTooLarge(ResearchError):
    """The model's answer holds more than {limit} bytes in {part}. Try another model."""
