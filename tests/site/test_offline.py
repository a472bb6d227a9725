"""The offline model: it quotes, it numbers, and it says so when there is nothing."""

import re

import pytest

from research.web.setup.strip import EXAMPLES
from tests.support.site import Site

FIRST = re.compile(r"^(?:- )?(?P<text>[^#\n].*?) \[(?P<number>\d+)\]", re.M)
BULLET = re.compile(r"^- (?P<text>.+) \[(?P<number>\d+)\]$")


@pytest.fixture(scope="module")
def offline_site(tmp_path_factory: pytest.TempPathFactory):
    site = Site(tmp_path_factory.mktemp("offline"))
    site.start()
    yield site
    site.stop()


def text_of(site: Site, url: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", site.get(url).text).split())


def plain(text: str) -> str:
    """Text without what a page's HTML and layout change."""
    return re.sub(r"\W+", "", text.replace("&#x27;", "'").replace("&quot;", '"'))


@pytest.mark.parametrize(
    "topic", ["asyncio event loop", "Python decorators", "regular expressions"]
)
def test_quick_gives_a_definition_and_two_short_bullets_that_stand_in_their_sources(
    offline_site: Site, topic: str
) -> None:
    run = offline_site.result(offline_site.submit(topic)["id"])["topics"][0]
    assert run["finding"] == "found"
    lines = run["result"].splitlines()
    most_words = [30, 18, 18]  # the first says what the topic is
    urls = {source["number"]: source["url"] for source in run["sources"]}
    for line, most in zip(lines, most_words, strict=True):
        bullet = BULLET.match(line)
        assert bullet, line
        assert len(bullet["text"].split()) <= most
        page = plain(text_of(offline_site, urls[int(bullet["number"])]))
        assert plain(bullet["text"]) in page


# A topic, what its first sentence says, and the title of the source that it comes from.
DEFINITIONS = [
    ("Python decorators", r"wrapped by one or more decorator", "Function|Terms"),
    ("What are Python generators?", r"is called a generator function", "Generator|Terms"),
    ("context managers", r"A context manager is an object", "Context|Terms"),
    ("exception handling", r"Exceptions are a means", "Exceptions"),
    ("asyncio event loop", r"The event loop can be broken up", "asyncio"),
    ("garbage collection", r"the garbage collector", "gc"),
    ("how does import work", r"import statement .* is executed in two steps", "The .import."),
    ("type hints", r"standard syntax for type annotations", "Python Enh|typing"),
    ("metaclasses", r"known as that class.s metaclass", "Metaclasses|Terms"),
    ("pathlib", r"PurePath represents a filesystem path|filesystem paths", "pathlib"),
    ("logging", r"Logging package", "logging$"),
    ("unit testing", r"unit testing framework", "unittest"),
    ("virtual environments", r"Virtual environment \(venv\)", "venv"),
]


@pytest.mark.parametrize("blueprint", ["quick", "deep"])
def test_the_first_sentence_says_what_the_topic_is(offline_site: Site, blueprint: str) -> None:
    topics = [topic for topic, *_ in DEFINITIONS]
    run = offline_site.result(offline_site.submit(*topics, blueprint=blueprint)["id"])
    for topic, (_, says, source) in zip(run["topics"], DEFINITIONS, strict=True):
        first = FIRST.search(topic["result"])
        assert first, topic["result"]
        titles = {each["number"]: each["title"] for each in topic["sources"]}
        assert re.search(says, first["text"]), first["text"]
        assert re.search(source, titles[int(first["number"])]), titles


@pytest.mark.parametrize("blueprint", ["quick", "deep"])
def test_all_that_it_writes_is_quoted(offline_site: Site, blueprint: str) -> None:
    run = offline_site.submit("garbage collection", "json", "type hints", blueprint=blueprint)
    for topic in offline_site.result(run["id"])["topics"]:
        assert topic["checked"]["claims"] == topic["checked"]["quoted"] > 0


def test_deep_gives_a_report(offline_site: Site) -> None:
    run = offline_site.result(offline_site.submit("asyncio event loop", blueprint="deep")["id"])
    report = run["topics"][0]["result"]
    headings = [line for line in report.splitlines() if line.startswith("## ")]
    assert headings == ["## Summary", "## Findings", "## Open questions", "## Sources"]
    cited = {int(number) for number in re.findall(r"\[(\d+)\]", report)}
    assert cited <= {source["number"] for source in run["topics"][0]["sources"]}


@pytest.mark.parametrize("blueprint", ["quick", "deep"])
def test_the_forms_examples_find_something(offline_site: Site, blueprint: str) -> None:
    run = offline_site.result(offline_site.submit(*EXAMPLES, blueprint=blueprint)["id"])
    assert [topic["finding"] for topic in run["topics"]] == ["found"] * len(EXAMPLES)


@pytest.mark.parametrize("blueprint", ["quick", "deep"])
def test_nothing_in_the_library_is_said_and_nothing_is_written(
    offline_site: Site, blueprint: str
) -> None:
    run = offline_site.submit("sourdough bread baking", blueprint=blueprint)
    topic = offline_site.result(run["id"])["topics"][0]
    assert topic["status"] == "succeeded"
    assert topic["result"].startswith("The library holds nothing on “sourdough bread baking”")
    assert (topic["sources"], topic["finding"]) == ([], "nothing_found")


def test_the_same_topic_gives_the_same_result(offline_site: Site) -> None:
    first, second = (
        offline_site.result(offline_site.submit("Python context managers")["id"]) for _ in range(2)
    )
    assert first["topics"][0]["result"] == second["topics"][0]["result"]


def test_it_costs_no_tokens(offline_site: Site) -> None:
    run = offline_site.result(offline_site.submit("asyncio")["id"])
    assert run["model"] == "offline"
    assert run["tokens"]["total"] == 0


def test_a_topic_as_long_as_topics_may_be_runs(offline_site: Site) -> None:
    topic = "asyncio event loop " * 52
    assert 500 < len(topic) < 1000
    run = offline_site.result(offline_site.submit(topic)["id"])["topics"][0]
    assert (run["status"], run["finding"]) == ("succeeded", "found")
