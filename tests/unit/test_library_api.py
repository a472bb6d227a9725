"""The library by API, as the contract has it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from research.library.documents import add_bytes
from research.library.models import Document

pytestmark = pytest.mark.django_db

BEES = b"# Bees\n\n## Honey\n\nBees make honey of nectar."


def add(client: Client, name: str = "bees.md", content: bytes = BEES) -> Any:
    return client.post("/api/library", {"file": SimpleUploadedFile(name, content)})


def search(client: Client, q: str, **options: Any) -> Any:
    return client.get("/api/library/search", {"q": q, **options})


def test_a_document_is_added_once_found_and_removed(client: Client) -> None:
    added = add(client)
    assert added.status_code == 201
    document = added.json()
    assert (document["title"], document["file"], document["passages"]) == ("Bees", "bees.md", 1)
    again = add(client)
    assert (again.status_code, again.json()["id"]) == (200, document["id"])

    told = search(client, "bees and honey").json()
    assert told["did_you_mean"] is None
    (hit,) = told["hits"]
    assert hit.pop("score") > 0
    assert hit == {
        "document": document["id"],
        "title": "Bees",
        "file": "bees.md",
        "url": f"http://testserver/library/{document['id']}/",
        "heading": "Honey",
        "text": "Bees make honey of nectar.",
    }

    assert client.delete(f"/api/library/{document['id']}").status_code == 204
    assert search(client, "bees and honey").json()["hits"] == []
    assert client.delete(f"/api/library/{document['id']}").status_code == 404


def test_what_was_misspelt_is_guessed(client: Client) -> None:
    add(client)
    assert search(client, "nektar honye").json() == {"hits": [], "did_you_mean": "nectar honey"}


def test_as_many_as_asked_of_one_origin(client: Client) -> None:
    for number in range(12):
        add_bytes(f"{number}.txt", b"Bees, number %d." % number)
    Document.objects.filter(text__contains="1").update(built_in=True)
    assert len(search(client, "bees").json()["hits"]) == 10
    assert len(search(client, "bees", limit=50).json()["hits"]) == 12
    assert len(search(client, "bees", origin="built-in").json()["hits"]) == 3
    assert len(search(client, "bees", origin="yours", limit=3).json()["hits"]) == 3


def test_documents_come_in_pages(client: Client) -> None:
    Document.objects.bulk_create(
        Document(title=f"{number:03}", kind="text", key=str(number), text="")
        for number in range(51)
    )
    first = client.get("/api/library").json()
    assert (first["count"], first["next"], len(first["documents"])) == (51, 2, 50)
    last = client.get("/api/library", {"page": 2}).json()
    assert [each["title"] for each in last["documents"]] == ["050"] and last["next"] is None
    assert client.get("/api/library", {"page": 10**30}).json()["documents"] == []


@pytest.mark.parametrize(
    "options",
    [{"limit": 0}, {"limit": 51}, {"limit": "x"}, {"origin": "theirs"}, {"q": "x" * 1001}],
)
def test_a_search_that_cannot_be_made_is_refused(client: Client, options: dict[str, Any]) -> None:
    answer = client.get("/api/library/search", {"q": "bees", **options})
    assert answer.status_code == 400 and answer.json()["error"]["message"]


@pytest.mark.parametrize("query", ["", "   ", '"', "\0", "how does it"])
def test_a_search_for_nothing_finds_nothing(client: Client, query: str) -> None:
    assert search(client, query).json()["hits"] == []


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("bees.exe", b"MZ", "kind the library does not read"),
        ("bees.txt", b"", "no text"),
        ("bees.txt", b"\0\1\2" * 99, "binary"),
        ("bees.txt", b"x" * (10 * 1024**2 + 1), "larger than 10 MB"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_the_reason(
    client: Client, name: str, content: bytes, reason: str
) -> None:
    answer = add(client, name, content)
    assert answer.status_code == 400 and reason in answer.json()["error"]["message"]
    assert not Document.objects.exists()


def test_a_request_without_a_file(client: Client) -> None:
    answer = client.post("/api/library", {})
    assert answer.status_code == 400 and "file: " in answer.json()["error"]["message"]


def test_a_built_in_document_stays(client: Client) -> None:
    document = add_bytes("a.txt", b"Built in.").document
    Document.objects.update(built_in=True)
    assert client.delete(f"/api/library/{document.pk}").status_code == 409
    assert Document.objects.exists()


def test_a_path_keeps_namesakes_apart_and_replaces_only_when_asked_to(client: Client) -> None:
    def added(content: bytes, **fields: str) -> tuple[int, str]:
        file = SimpleUploadedFile("a.txt", content)
        answer = client.post("/api/library", {"file": file, **fields})
        return answer.status_code, answer.json()["file"]

    assert added(b"Bees.", path="x/a.txt") == (201, "x/a.txt")
    assert added(b"Ants.", path="y/a.txt") == (201, "y/a.txt")
    assert added(b"Wasps.", path="x/a.txt") == (201, "x/a.txt")
    assert added(b"Flies.", path="x/a.txt", replace="true") == (200, "x/a.txt")
    assert sorted(Document.objects.values_list("text", flat=True)) == ["Ants.", "Flies."]
