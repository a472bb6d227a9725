"""The form in a browser: examples, list marks and costs while one types, and a key that starts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.site import Site


@pytest.mark.parametrize("key", ["Control+Enter", "Meta+Enter"])
def test_an_example_is_filled_in_and_started_by_key(page: Page, key: str) -> None:
    page.goto("/")
    page.fill("#model", "offline")
    page.locator("#examples button").nth(1).click()
    page.locator("#examples button").nth(0).click()
    page.locator("#examples button").nth(0).click()
    expect(page.locator("#topics")).to_have_value("regular expressions\ncontext managers\n")
    page.locator("#topics").press(key)
    expect(page).to_have_url(re.compile("/runs/.+"))
    expect(page.locator("#topic-list > li")).to_have_count(2)


def test_list_marks_are_told_while_one_types(page: Page) -> None:
    page.goto("/")
    page.fill("#topics", "1. asyncio\n2. 3D printing\n- queues\n-fno-strict-aliasing")
    expect(page.locator("#topics-notes")).to_contain_text("list marks of 3 lines will be taken off")
    expect(page.locator("#topics-count")).to_contain_text("4 of")
    page.fill("#topics", "1984 novel\nC - language\n1. FC Union\n1. FC Koeln")
    expect(page.locator("#topics-notes")).to_be_empty()


def test_the_whole_runs_use_is_told_while_one_types(page: Page, site: Site) -> None:
    page.goto("/")
    never_used = "openai/gpt-4o-mini-2024-07-18"  # what others have used is the estimate's base
    page.fill("#model", never_used)
    page.locator("#model").blur()
    expect(page.locator("#estimate")).to_contain_text(f"{never_used} costs")
    page.fill("#topics", "a\nb\nc")
    expect(page.locator("#whole")).to_have_text("3 topics: about 13,000 tokens, about $0.0025")
    page.locator("[name=blueprint][value=deep]").check()
    expect(page.locator("#whole")).to_contain_text("3 topics: about 39,000 tokens")
    page.fill("#topics", "")
    expect(page.locator("#whole")).to_be_empty()
