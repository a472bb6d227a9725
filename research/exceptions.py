"""What can go wrong, as a small family: the docstring is the message, the class name the code."""

import re
from typing import Any


class ResearchError(Exception):
    """Something went wrong."""

    status = 400

    def __init__(self, **details: Any) -> None:
        super().__init__(" ".join((type(self).__doc__ or "").split()).format(**details))

    @property
    def code(self) -> str:
        """`too_many_topics` for `TooManyTopics`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()

    def as_json(self) -> dict[str, dict[str, str]]:
        """The one shape of an error in the API."""
        return {"error": {"code": self.code, "message": str(self)}}


class BadInput(ResearchError):
    """The request cannot be read: {reason}"""


class NoTopics(BadInput):
    """There is no topic. Write at least one, each on a line of its own."""


class TooManyTopics(BadInput):
    """A run takes at most {limit} topics, and these are {count}. Split them into several runs."""


class TopicTooLong(BadInput):
    """Topic {position} is {length} characters long; {limit} is the most. Say it in a sentence."""


class ControlCharacters(BadInput):
    """Topic {position} holds a control character ({character}). Remove it and send it again."""


class BadRow(BadInput):
    """Row {position} cannot be run: {reason}."""


class MissingInput(BadInput):
    """The blueprint asks for {{{name}}}, which row {position} does not have. Add that column."""


class RowsAndTopics(BadInput):
    """The request has both topics and rows. Send one of them."""


class UnknownBlueprint(BadInput):
    """There is no blueprint {name!r}. There are: {known}."""


class BadBlueprint(BadInput):
    """The blueprint cannot be used. {reason}"""


class BlueprintExists(BadInput):
    """There is a blueprint {name!r} already. Choose another name."""

    status = 409


class UnknownTool(BadInput):
    """The blueprint names the tool {tool}, which is not there. There are: {known}."""


class ToolNotAllowed(BadInput):
    """The blueprint names the tool {tool}, which this team may not use. An administrator can
    allow it, in the admin under MCP servers."""


class UnknownPriority(BadInput):
    """There is no priority {name!r}. There are: low, normal, high."""


class UnknownModel(BadInput):
    """No provider is known for the model {name!r}.

    Write offline, or provider/model as in openai/gpt-4o-mini, with one of: {known}.
    """


class MissingKey(BadInput):
    """The model {name!r} needs {variable}. Write {line} into {file}, then start the site again.

    Or an administrator types it in on /setup/.
    """

    def __init__(self, variable: str, **details: Any) -> None:
        super().__init__(variable=variable, **details)
        self.variable = variable


class UnusableModel(ResearchError):
    """The model {name!r} cannot be set up: {reason}"""


class EngineUnavailable(ResearchError):
    """No topic can be run, since {trouble}."""

    status = 503


class BadTokenBudget(BadInput):
    """The token budget {value!r} is not a whole number from 1 to 1,000,000,000,000."""


class BadMoneyBudget(BadInput):
    """The money budget {value!r} is not a sum in USD from 0.000001 to 1,000,000, such as 0.50."""


class NoPrice(BadInput):
    """No price is known for {name!r}: enter it in the admin, under Plans, or limit the tokens."""


class IdempotencyKeyReused(BadInput):
    """This Idempotency-Key belongs to a request with other topics, or with another model,
    blueprint, budget or priority. Use a new key for a new run."""

    status = 422


class NoteTooLong(BadInput):
    """The note is {length} characters long; {limit} is the most. Say it in fewer words."""


class NoCorrection(BadInput):
    """The correction is empty. Write what the claim should say."""


class NoValue(BadInput):
    """The correction is empty. Write the value that should stand, or take the correction back."""


class BadCorrection(BadInput):
    """The correction of “{column}” cannot be taken. {reason}"""


class CorrectionTooLong(BadInput):
    """The correction is {length} characters long; {limit} is the most. Say it in fewer words."""


class DecidedAlready(ResearchError):
    """In the meantime {who} {did} this claim. Decide again to put yours in its place."""

    status = 409


class AmendedAlready(ResearchError):
    """In the meantime this cell was noted or corrected, or its crew has filled it in anew. Look at
    it as it is now, then write yours again."""

    status = 409


class NothingMissing(ResearchError):
    """No row lacks a value for “{column}”, save those that are still at work. Nothing is asked."""

    status = 409


class ResultReplaced(ResearchError):
    """The topic was run again, and its new result makes other claims. Look at those."""

    status = 409


class StillAtWork(ResearchError):
    """The run is still {status}. Cancel it first, and delete it when it has ended."""

    status = 409


class NothingToCompare(ResearchError):
    """No cell of the table is filled yet, so there is nothing to compare."""

    status = 409


class OfflineCompares(BadInput):
    """The model offline only quotes, and cannot compare. Name another model."""


class NoRowsWait(ResearchError):
    """All rows of the run have been started; none waits."""

    status = 409


class BadPilot(BadInput):
    """A pilot takes a whole number of rows from 1 on, and {value!r} is none."""


class TableAtWork(ResearchError):
    """Rows of the run are still at work. Change its columns when these have ended."""

    status = 409


class TopicAtWork(ResearchError):
    """Topic {position} is still {status}. Ask for its cell again when it has ended."""

    status = 409
    code = "not_finished"


class NameTooLong(BadInput):
    """The name is {length} characters long; {limit} is the most."""


class QueryTooLong(BadInput):
    """The query is {length} characters long; {limit} is the most. Look for fewer words."""


class TooManySources(BadInput):
    """A check takes at most {limit} sources, and these are {count}. Send those that are cited."""


class TooManyChecks(ResearchError):
    """{limit} checks are under way or waiting. Try again in a few seconds."""

    status = 503


class SameNumber(BadInput):
    """Two sources have the number {number}. Give each a number of its own."""


class BuiltIn(ResearchError):
    """{name!r} is built in: it would come back at the next start."""

    status = 409


class NotFinished(ResearchError):
    """Topic {position} is still {status}. Review it when it has ended."""

    status = 409


class RunNotFinished(ResearchError):
    """The run is still {status}. Export it when it has ended, or with partial=1 what there is."""

    status = 409
    code = "not_finished"  # as of a topic


class ExportTooLarge(ResearchError):
    """The results have {length:,} characters, and a file of this kind ({format}) takes {limit:,}.

    Export single topics, or the run as md, csv or json, which take any length.
    """

    status = 413


class ExportTakesTooMuch(ResearchError):
    """Writing the {format} file took too much time or memory. Export single topics, or take md."""

    status = 413


class ExportFailed(ResearchError):
    """The {format} file could not be written; the site's log says why. Take md or json instead."""

    status = 500


class TooManyExports(ResearchError):
    """{limit} exports are under way or waiting. Try again in a minute."""

    status = 503


class QuotaSpent(ResearchError):
    """The team {team} has used {used}{asked}. There is room again {when}."""

    status = 429


class NotFound(ResearchError):
    """There is no {thing} {name!r}."""

    status = 404


class BudgetSpent(ResearchError):
    """The run has spent {spent}. Retry the topics with a larger budget."""


class BodyTooLarge(ResearchError):
    """The request is larger than {limit} bytes. Send fewer topics at once."""

    status = 413


class TooSlow(ResearchError):
    """The request took longer than {seconds:g} s to arrive. Send it again on a better line."""

    status = 408


class Refused(ResearchError):
    """{reason}"""

    status = 403


class DatabaseUnavailable(ResearchError):
    """The database takes nothing just now; nothing was changed. Try again in a moment."""

    status = 503


class UnreadableBlueprint(ResearchError):
    """This version cannot read the run's blueprint; its worker may be older. {reason}"""


class SealBroken(ResearchError):
    """A stored secret was encrypted under another SECRET_KEY. Type it in again."""

    status = 409
