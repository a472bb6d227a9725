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


def of_upload(name: str, text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{of_uploads(name)}{digest[:32]}"


def of_uploads(name: str) -> str:
    """What the keys of all uploads of that name begin with."""
    return storable(f"upload:{name[-MAX_NAME:]}:")


def file_of(key: str) -> str:
    """The file that a document was made of: an upload's name, a path's last part, or nothing."""
    kind, _, rest = key.partition(":")
    if kind == "upload":
        return rest.rpartition(":")[0]
    return PurePosixPath(rest).name if kind == "file" else ""


def storable(key: str) -> str:
    """The key without what no database takes: a file's name may be no text."""
    return key.replace("\0", "").encode("utf-8", "backslashreplace").decode()
