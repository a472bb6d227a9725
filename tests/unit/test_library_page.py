"""The library's pages, as a browser without JavaScript sees them."""

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from research.library.documents import add_bytes
from research.library.models import Document

pytestmark = pytest.mark.django_db


def a_file(name: str, content: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode())


@pytest.fixture
def bees() -> Document:
    return add_bytes(
        "bees.md",
        b"# Bees <b>\n\nBees *dance* when `nectar` is near, <script>x</script>\n\n- a\n- b",
    ).document


def upload(client: Client, *files: SimpleUploadedFile, **fields: str) -> str:
    """The page that says what became of the files."""
    response = client.post("/library/", {"documents": files, **fields}, follow=True)
    assert response.redirect_chain == [("/library/", 302)]
    return html.unescape(response.text)


def test_upload_of_several_files(client: Client) -> None:
    page = upload(client, a_file("a.md", "# Ants\n\nThey dig."), a_file("b.txt", "Bees"))
    assert "2 of 2 files added" in page and ">Ants</a>" in page
    assert Document.objects.yours().count() == 2
    assert "files added" not in client.get("/library/").text  # it is told once


def test_refused_files_are_counted_by_why_and_named_and_the_others_are_added(
    client: Client,
) -> None:
    names = ["a.png", "b.png", "c.txt", "d.txt", "e.txt", "f.pdf", "LICENSE"]
    contents = ["x", "x", "", " ", "Bees", "no pdf", "x"]
    page = upload(client, *map(a_file, names, contents))
    assert (
        "1 of 7 files added; 6 not read: 2 of kind .png, 2 empty, 1 damaged, 1 without an ending"
        in page
    )
    for name in names:
        assert name in page
    assert "Each of them is of a kind the library does not read." in page
    assert "Each of them holds no text." in page
    assert [document.text for document in Document.objects.all()] == ["Bees"]


def test_uploads_of_one_name_are_both_kept_and_the_page_says_so(client: Client) -> None:
    """Two folders, or two people, may have a file of the same name; an equal one is one."""
    told = [
        upload(client, a_file("notes.txt", text))
        for text in ("Bees dance.", "Ants dig.", "Ants dig.")
    ]
    assert "1 of 1 file added" in told[0] and "both are kept" not in told[0]
    assert "1 added beside another of the same name; both are kept" in told[1]
    assert "0 of 1 file added; 1 there already" in told[2]
    assert {document.text for document in Document.objects.all()} == {"Bees dance.", "Ants dig."}


def test_namesakes_of_two_folders_are_kept_apart_by_their_paths(client: Client) -> None:
    files = [a_file("a.txt", "Bees."), a_file("a.txt", "Ants.")]
    page = upload(client, *files, paths='["garden/a.txt", "wood/a.txt"]')
    assert "2 of 2 files added" in page and "both are kept" not in page
    assert {each.file for each in Document.objects.all()} == {"garden/a.txt", "wood/a.txt"}


def test_an_upload_replaces_its_namesakes_only_when_asked_to(client: Client) -> None:
    upload(client, a_file("a.txt", "Old."), paths='["x/a.txt"]')
    upload(client, a_file("a.txt", "Other."), paths='["y/a.txt"]')
    page = upload(client, a_file("a.txt", "New."), paths='["x/a.txt"]', replaces="on")
    assert "0 of 1 file added; 1 replaced" in page
    assert {document.text for document in Document.objects.all()} == {"New.", "Other."}


def test_what_became_of_several_requests_is_told_together(client: Client) -> None:
    """As a script sends a folder, with what it does not send at all."""
    for number in range(2):
        fields = {
            "upload": "one",
            "paths": f'["docs/{number}.txt"]',
            "left": f'[["docs/{number}.png", 5], ["docs/{number}.pdf", 20000000]]',
            "hidden": "1",
        }
        posted = {"documents": a_file("a.txt", f"Text {number}."), **fields}
        states = client.post("/library/", posted).json()["files"]
        assert states[0] == {"path": f"docs/{number}.txt", "told": "added", "is_refused": False}
        assert states[2]["is_refused"] and states[2]["told"].startswith("not read: ")
    page = client.get("/library/").text
    assert "2 of 6 files added; 4 not read: 2 of kind .png, 2 too large; 2 hidden left out" in page
    assert "docs/1.png" in page


@pytest.mark.parametrize("field", ["paths", "left"])
def test_paths_that_belong_to_no_files(client: Client, field: str) -> None:
    posted = {"documents": a_file("a.txt", "Bees."), field: "[1]"}
    assert client.post("/library/", posted).status_code == 400
    assert not Document.objects.exists()


def test_no_file(client: Client) -> None:
    response = client.post("/library/")
    assert response.status_code == 400 and "Choose at least one file." in response.text


def test_found_words_are_marked_and_markup_is_not_trusted(client: Client, bees: Document) -> None:
    response = client.get("/library/", {"q": "dancing bees"})
    assert "<mark>dance</mark>" in response.text
    assert f"{bees.get_absolute_url()}#passage-0" in response.text
    assert "<script>x" not in response.text


def test_nothing_found(client: Client, bees: Document) -> None:
    assert "Nothing on “quantum physics”" in client.get("/library/", {"q": "quantum physics"}).text


def test_a_query_that_is_too_long(client: Client) -> None:
    assert 'class="error"' in client.get("/library/", {"q": "x" * 1001}).text


def test_the_list_shows_yours_or_built_in(client: Client, bees: Document) -> None:
    Document.objects.create(title="Ants", kind="text", key="k", text="Ants.", built_in=True)
    assert "Ants" not in client.get("/library/", {"show": "yours"}).text
    assert "Bees" not in client.get("/library/", {"show": "built-in"}).text
    both = client.get("/library/", {"show": "nonsense", "page": "nonsense"}).text
    assert "Ants" in both and "Bees" in both


def test_the_list_takes_the_same_queries_however_long(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(40):
        add_bytes(f"{number}.txt", b"Text.")
    with django_assert_max_num_queries(8):
        response = client.get("/library/")
    assert "1 of 2" in response.text


def test_a_document_to_read(client: Client, bees: Document) -> None:
    response = client.get(bees.get_absolute_url())
    assert "<code>nectar</code>" in response.text and "<li>a</li>" in response.text
    assert (
        "<script>x" not in response.text
        and "Bees &lt;b&gt;" not in response.context["document"].title
    )


def test_a_long_document_has_pages(client: Client) -> None:
    text = "\n\n".join(f"## Part {number}\n\nText." for number in range(50))
    document = add_bytes("long.md", text.encode()).document
    assert "Part 49" not in client.get(document.get_absolute_url()).text
    assert "Part 49" in client.get(document.get_absolute_url(), {"page": 2}).text


def test_removing_is_for_ones_own(client: Client, bees: Document) -> None:
    sample = Document.objects.create(title="Ants", kind="text", key="k", text="A.", built_in=True)
    assert client.post(f"/library/{sample.pk}/delete/").status_code == 404
    assert client.get(f"/library/{bees.pk}/delete/").status_code == 405
    assert client.post(f"/library/{bees.pk}/delete/").status_code == 302
    assert list(Document.objects.all()) == [sample]


def test_unknown_document(client: Client) -> None:
    assert client.get("/library/404/").status_code == 404


def test_admin(admin_client: Client, bees: Document) -> None:
    assert "Bees" in admin_client.get("/admin/library/document/", {"q": "bees"}).text
    assert admin_client.get(f"/admin/library/document/{bees.pk}/change/").status_code == 200
