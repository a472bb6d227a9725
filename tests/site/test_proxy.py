"""A proxy in the environment: this machine is asked without it, and its own failures name it."""

from collections.abc import Callable, Iterator

import pytest

from research.crews.crewai import clients, close
from research.crews.failures import classify
from research.crews.llms.providers import make_llm
from tests.support.site import Site

NOBODY = "http://127.0.0.1:9"


def test_a_model_on_this_machine_is_asked_without_the_proxy(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(HTTP_PROXY=NOBODY, HTTPS_PROXY=NOBODY, all_proxy=NOBODY)
    run = site.result(site.submit("one")["id"])
    assert run["status"] == "succeeded", run


@pytest.fixture
def proxy_of_nobody(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, NOBODY)
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GROQ_API_KEY"):
        monkeypatch.setenv(name, "sk-0123456789")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://provider.example/v1")
    clients._has_proxies.cache_clear()
    yield
    clients._has_proxies.cache_clear()


@pytest.mark.parametrize("model", ["openai/x", "anthropic/claude-x", "groq/x"])
async def test_a_proxy_that_does_not_answer_is_named(model: str, proxy_of_nobody: None) -> None:
    llm = make_llm(model)
    with pytest.raises(Exception) as raised:  # noqa: PT011 each SDK has its own
        await llm.acall("hello")
    await close(llm)
    failure = classify(raised.value)
    assert failure.kind == "unreachable" and failure.may_pass
    assert failure.sentence.startswith("The proxy at 127.0.0.1:9 does not let calls")
    assert "HTTP_PROXY" in failure.sentence
