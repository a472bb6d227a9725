"""Why a backup is not made, or not put back."""

from research.exceptions import ResearchError


class BackupError(ResearchError):
    """Something about a backup went wrong."""


class NothingToKeep(BackupError):
    """The database is empty: there is nothing to back up. Start the site once."""


class AlreadyThere(BackupError):
    """{path} is already there, and is not overwritten. Name another file."""


class CannotWrite(BackupError):
    """{path} cannot be written: {reason}."""


class NoRoom(BackupError):
    """{folder} has {free} free, and {needed} may be needed. Make room, or name another place."""


class NoBackup(BackupError):
    """{path} is not a backup of this site, or a part of one is missing: {reason}."""


class OtherDatabase(BackupError):
    """The backup is of {made}, and DATABASE_URL names {here}. Restore it to {made}."""


class LaterVersion(BackupError):
    """The backup is of a later version, with {names}. Update the code."""


class NotEmpty(BackupError):
    """The database has tables already. `--replace` puts the backup in its place, and all is lost
    that came after it."""


class StillInUse(BackupError):
    """The database is in use: {by}. Stop the site and its workers first."""


class ProgramMissing(BackupError):
    """{program} is not there. It comes with PostgreSQL's client: apt-get install
    postgresql-client."""


class ProgramFailed(BackupError):
    """{program} could not do it: {reason}"""


class Damaged(BackupError):
    """The database is damaged: {reason}. A backup of it would be, too."""
