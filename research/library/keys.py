"""What makes a document the same one when it is added again, written as its key.

A file is its path. An upload is its name and its text, since uploads of the same name may come from
different folders, and from different people.
"""

import hashlib
from pathlib import Path, PurePosixPath

MAX_NAME = 1000  # characters of an upload's name with its folders


def path_in_folder(path: str) -> str:
    """An upload's name with its folders, whatever a browser or a person made of it."""
    return "/".join(part for part in path.replace("\\", "/").split("/") if part.strip(". "))


def of_path(path: Path) -> str:
    return storable(f"file:{path}")


def of_upload(name: str, text: str, team: int | None = None) -> str:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{of_uploads(name, team)}{digest[:32]}"


def of_uploads(name: str, team: int | None = None) -> str:
    """What the keys of all uploads of that name begin with."""
    kind = "upload" if team is None else f"upload-{team}"
    return storable(f"{kind}:{name[-MAX_NAME:]}:")


def file_of(key: str) -> str:
    """The file that a document was made of: an upload's name, a path's last part, or nothing."""
    kind, _, rest = key.partition(":")
    if kind.startswith("upload"):
        return rest.rpartition(":")[0]
    return PurePosixPath(rest).name if kind == "file" else ""


def storable(key: str) -> str:
    """The key without what no database takes: a file's name may be no text."""
    return key.replace("\0", "").encode("utf-8", "backslashreplace").decode()
