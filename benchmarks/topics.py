"""Topics of real words, each its own: the sample library holds something on nearly all of them.

Standard library only: peers import it in an environment of their own.
"""

from itertools import count, islice

SUBJECTS = [
    "decorators",
    "generators",
    "coroutines",
    "context managers",
    "metaclasses",
    "descriptors",
    "iterators",
    "exceptions",
    "import statements",
    "lambda expressions",
    "list comprehensions",
    "dictionary displays",
    "string literals",
    "floating point numbers",
    "integer division",
    "boolean operations",
    "assignment expressions",
    "pattern matching",
    "type annotations",
    "class definitions",
    "function definitions",
    "global variables",
    "garbage collection",
    "weak references",
    "threads",
    "locks",
    "event loops",
    "asyncio tasks",
    "sockets",
    "HTTP requests",
    "WebSocket connections",
    "JSON documents",
    "regular expressions",
    "database transactions",
    "template rendering",
    "form validation",
    "user sessions",
    "caching",
    "logging",
    "command line arguments",
    "environment variables",
    "file descriptors",
    "temporary files",
    "test fixtures",
    "mocking",
    "property tests",
    "password hashing",
    "subprocesses",
    "database migrations",
    "text encodings",
]
ANGLES = [
    "errors in {}",
    "arguments of {}",
    "names in {}",
    "the type of {}",
    "default values in {}",
    "methods of {}",
    "attributes of {}",
    "the return value of {}",
    "performance of {}",
    "testing {}",
    "nested {}",
    "the syntax of {}",
    "the state of {}",
    "limits of {}",
    "memory for {}",
    "the value of {}",
    "objects in {}",
    "calls of {}",
    "the name of {}",
    "the body of {}",
]


def make_topics(number: int) -> list[str]:
    """That many topics; each subject comes once before the first comes again."""
    rounds = (
        angle.format(subject) + (f", part {part}" if part > 1 else "")
        for part in count(1)
        for angle in ANGLES
        for subject in SUBJECTS
    )
    return list(islice(rounds, number))
