"""Docstrings of the standard library, read from its source without importing it."""

import ast
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from research.library.blocks import Block, Kind, Reading
from research.library.readers import rst
from research.library.sample.texts import Text, titled, without_noise

ORIGIN = f"Python {sys.version_info.major}.{sys.version_info.minor} standard library"
MIN_DOCSTRING = 100  # characters of a class or function

# Chosen for what their docstrings explain; one that a later Python lacks is passed over.
MODULES = """
    abc argparse ast asyncio.base_events asyncio.events asyncio.futures asyncio.locks
    asyncio.protocols asyncio.queues asyncio.runners asyncio.streams asyncio.subprocess
    asyncio.taskgroups asyncio.tasks asyncio.timeouts asyncio.transports base64 bz2 calendar code
    codecs collections concurrent.futures._base concurrent.futures.process
    concurrent.futures.thread configparser contextlib copy csv dataclasses datetime dbm difflib
    doctest email.message email.policy email.utils enum fileinput fnmatch fractions ftplib
    functools getopt getpass gettext glob graphlib gzip hashlib heapq hmac html.parser http.client
    http.cookiejar http.cookies http.server imaplib importlib.abc importlib.metadata inspect
    ipaddress json json.decoder json.encoder linecache locale logging logging.config
    logging.handlers lzma mailbox mimetypes multiprocessing.managers multiprocessing.pool
    multiprocessing.shared_memory operator optparse os pathlib pickle pickletools pkgutil
    platform plistlib poplib posixpath pprint profile pstats queue random re rlcompleter runpy
    sched secrets selectors shelve shlex shutil site smtplib socket socketserver sqlite3.dbapi2 ssl
    statistics string subprocess symtable sysconfig tarfile tempfile textwrap threading timeit
    tokenize tomllib._parser trace traceback tracemalloc types typing unittest unittest.case
    unittest.mock urllib.parse urllib.request urllib.robotparser uuid venv warnings wave weakref
    webbrowser wsgiref.validate xml.dom.minidom xml.etree.ElementTree xml.sax.handler
    xmlrpc.client xmlrpc.server zipapp zipfile zoneinfo
"""


def texts() -> Iterator[Text]:
    """One text for each module: its own docstring, then those of what it offers."""
    library = Path(sysconfig.get_path("stdlib"))
    for name in MODULES.split():
        source = _source(library, name)
        if source is None:
            continue
        module = ast.parse(source.read_bytes())
        about = ast.get_docstring(module) or ""
        blocks = list(without_noise([*rst.read(about).blocks, *_members(module, name)]))
        reading = Reading(_title(name, about), blocks)
        text = Text(f"module:{name}", "rst", ORIGIN, reading)
        if text.is_worth_having:
            yield text


def _source(library: Path, name: str) -> Path | None:
    place = library.joinpath(*name.split("."))
    candidates = [place.with_suffix(".py"), place / "__init__.py"]
    return next((path for path in candidates if path.is_file()), None)


def _title(name: str, docstring: str) -> str:
    """The module's name with its docstring's first line, when that is a summary."""
    summary = docstring.strip().split("\n\n")[0]
    public = ".".join(part for part in name.split(".") if not part.startswith("_"))
    is_summary = "\n" not in summary and len(summary) <= 90
    return titled(public, summary if is_summary else "")


def _members(module: ast.Module, name: str) -> Iterator[Block]:
    """The docstrings of public classes, their public methods, and public functions."""
    for node in module.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from _documented(node, node.name)
            for method in node.body:
                if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield from _documented(method, f"{node.name}.{method.name}()")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _documented(node, f"{node.name}()")


def _documented(
    node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, heading: str
) -> Iterator[Block]:
    docstring = ast.get_docstring(node) or ""
    if node.name.startswith("_") or len(docstring) < MIN_DOCSTRING:
        return
    yield Block(Kind.HEADING, heading, 2)
    for block in rst.read(docstring).blocks:
        if block.kind == Kind.HEADING:
            yield Block(Kind.HEADING, block.text, min(block.level + 2, 6))
        else:
            yield block
