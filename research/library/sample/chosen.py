"""What of the things installed is in the sample: chosen for what people ask about.

What a Python or an installation lacks is passed over.
"""

# Modules of the standard library.
MODULES = """
    abc argparse array ast asyncio asyncio.base_events asyncio.events asyncio.exceptions
    asyncio.futures asyncio.locks asyncio.protocols asyncio.queues asyncio.runners asyncio.streams
    asyncio.subprocess asyncio.taskgroups asyncio.tasks asyncio.threads asyncio.timeouts
    asyncio.transports atexit base64 bdb binascii bisect builtins bz2 cProfile calendar cmath cmd
    code codecs collections collections.abc colorsys compileall concurrent.futures
    concurrent.futures._base concurrent.futures.process concurrent.futures.thread configparser
    contextlib contextvars copy copyreg csv ctypes curses dataclasses datetime dbm decimal difflib
    dis doctest email email.message email.mime.multipart email.parser email.policy email.utils
    ensurepip enum errno faulthandler filecmp fileinput fnmatch fractions ftplib functools gc getopt
    getpass gettext glob graphlib gzip hashlib heapq hmac html html.parser http http.client
    http.cookiejar http.cookies http.server imaplib importlib importlib.abc importlib.machinery
    importlib.metadata importlib.resources importlib.util inspect io ipaddress itertools json
    json.decoder json.encoder keyword linecache locale logging logging.config logging.handlers lzma
    mailbox marshal math mimetypes mmap modulefinder multiprocessing multiprocessing.context
    multiprocessing.managers multiprocessing.pool multiprocessing.process multiprocessing.queues
    multiprocessing.shared_memory multiprocessing.synchronize netrc numbers operator optparse os
    pathlib pdb pickle pickletools pkgutil platform plistlib poplib posixpath pprint profile pstats
    pyclbr pydoc py_compile queue random re readline reprlib resource rlcompleter runpy sched
    secrets select selectors shelve shlex shutil signal site smtplib socket socketserver sqlite3
    sqlite3.dbapi2 ssl stat statistics string struct subprocess symtable sys sysconfig tarfile
    tempfile textwrap threading time timeit tokenize tomllib tomllib._parser trace traceback
    tracemalloc types typing unittest unittest.async_case unittest.case unittest.loader
    unittest.mock unittest.runner unittest.suite urllib urllib.error urllib.parse urllib.request
    urllib.robotparser uuid venv warnings wave weakref webbrowser wsgiref wsgiref.simple_server
    wsgiref.validate xml xml.dom.minidom xml.etree.ElementTree xml.sax.handler xmlrpc.client
    xmlrpc.server zipapp zipfile zipimport zlib zoneinfo
"""

# What has docstrings in C: a module itself, or the half of `csv` that is called `_csv`.
COMPILED = """
    _bisect _collections _contextvars _csv _decimal _functools _io _random _signal _sqlite3 _struct
    array atexit binascii builtins cmath errno faulthandler gc itertools marshal math mmap
    readline resource select sys time zlib
"""

# Modules of packages, by the name that a package is installed under.
PACKAGE_MODULES = {
    "asgiref": "asgiref.sync",
    "channels": """
        channels.auth channels.consumer channels.generic.http channels.generic.websocket
        channels.layers channels.routing channels.testing.websocket
    """,
    "crewai": """
        crewai.agent.core crewai.crew crewai.flow.flow crewai.process crewai.task
        crewai.tools.base_tool
    """,
    "Django": """
        django.contrib.admin.options django.core.cache django.core.paginator django.core.signing
        django.db.models.base django.db.models.query django.db.transaction
        django.dispatch.dispatcher django.forms.forms django.http.request django.http.response
        django.middleware.csrf django.middleware.gzip django.middleware.security django.shortcuts
        django.template django.template.base django.test.client django.test.testcases
        django.urls.resolvers django.utils.deprecation django.views.generic.base
    """,
    "httpx": "httpx._client httpx._models",
    "pydantic": "pydantic.fields pydantic.main pydantic.functional_validators",
    "pytest": "_pytest.fixtures _pytest.monkeypatch _pytest.capture _pytest.tmpdir",
    "tenacity": "tenacity",
}

# Packages whose READMEs say what they are for; kits for one vendor's service are not among them.
READMES = """
    aiohttp aiosqlite anyio asgiref attrs autobahn bcrypt beautifulsoup4 build cffi channels
    channels_redis charset-normalizer click crewai crewai-tools cryptography daphne
    dj-database-url Django django-ninja filelock greenlet h11 honcho httpcore httpx hypothesis
    idna import-linter importlib_metadata Jinja2 jsonschema lark limits lxml markdown-it-py
    MarkupSafe mcp msgpack mypy nh3 numpy openpyxl orjson packaging pathspec pendulum pillow pip
    platformdirs playwright pluggy procrastinate prometheus_client psycopg psycopg-pool pydantic
    pydantic-settings Pygments PyJWT pypdf pypdfium2 pytest pytest-asyncio pytest-django
    pytest-xdist python-dateutil python-docx python-dotenv PyYAML redis regex requests rich ruff
    servestatic setuptools six sniffio sortedcontainers soupsieve sqlparse starlette tenacity
    textual tomli tqdm Twisted typer typing_extensions urllib3 uv uvicorn uvloop watchfiles
    websockets yarl zope.interface
"""
