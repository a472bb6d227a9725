"""Which files the library takes, what it makes of them, and why it refuses others."""

import io
import os
import socket
from pathlib import Path

import pytest
from pypdf import PdfWriter

from research.confined.exceptions import BinaryContent, FileTooLarge, RefusedFile
from research.library.blocks import MAX_PASSAGE, Block, Kind, as_text, parse, passages
from research.library.characters import shortened
from research.library.documents import Change, Folder, add_bytes, add_path
from research.library.exceptions import (
    BrokenPDF,
    EncryptedFile,
    FileMissing,
    FileUnreadable,
    ImageOnly,
    LinkNotFollowed,
    NoText,
    UnknownKind,
)
from research.library.limits import MAX_BYTES
from research.library.models import Document, Passage
from research.library.readers import rst

pytestmark = pytest.mark.django_db


def a_pdf(text: str) -> bytes:
    """One page that shows the text in Helvetica; readers rebuild the missing cross-references."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
    return (
        "%PDF-1.4\n"
        "1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n"
        "2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj\n"
        "3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        "/Resources <</Font <</F1 5 0 R>>>>>> endobj\n"
        f"4 0 obj <</Length {len(stream)}>> stream\n{stream}\nendstream endobj\n"
        "5 0 obj <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>> endobj\n"
        "trailer <</Root 1 0 R /Size 6>>\nstartxref\n0\n%%EOF\n"
    ).encode()


def written(writer: PdfWriter) -> bytes:
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_markdown() -> None:
    document = add_bytes(
        "notes.md", b"# Bees\n\nThey *dance* a `map`.\n\n- one\n- two\n\n```\nx = 1\n```"
    ).document
    assert document.title == "Bees"
    assert document.text == "# Bees\n\nThey dance a `map`.\n\n- one\n- two\n\n```\nx = 1\n```"
    passage = Passage.objects.get(document=document)
    assert passage.heading == "Bees"


def test_html_without_its_navigation() -> None:
    page = b"""<title>On  bees</title><nav>Home</nav><script>x()</script>
        <main><h2>Dance</h2><p>Bees <a href=/>dance</a>.<br>Often.<p hidden>no</p><pre>a
          b</pre><table><tr><td>Day<td>9</table></main><footer>(c)</footer>"""
    document = add_bytes("bees.html", page).document
    assert document.title == "On bees"
    assert (
        document.text
        == "## Dance\n\nBees dance. Often.\n\n```\na\n          b\n```\n\n```\nDay | 9\n```"
    )


def test_html_that_nests_deeper_than_pythons_stack() -> None:
    assert add_bytes("deep.html", b"<div>" * 3000 + b"Here.").document.text == "Here."


def test_text_keeps_verses_and_unwraps_paragraphs() -> None:
    long = "A line that was wrapped where the editor's window ended\nbelongs to its paragraph."
    document = add_bytes("poem.txt", f"Roses\nare red.\n\n{long}".encode()).document
    assert document.title == "poem"
    assert document.text == f"Roses\nare red.\n\n{long.replace(chr(10), ' ')}"


def test_restructured_text() -> None:
    source = """Title
=====

.. image:: badge.svg

A :class:`Bee` makes ``honey``, see `docs <https://example.org>`_::

    bee.make()

* first item
  goes on
"""
    assert as_text(rst.read(source).blocks) == (
        "# Title\n\nA `Bee` makes `honey`, see docs:\n\n"
        "```\nbee.make()\n```\n\n- first item goes on"
    )


def test_pdf() -> None:
    document = add_bytes("bees.pdf", a_pdf("Bees dance.")).document
    assert (document.kind, document.text) == ("pdf", "## Page 1\n\nBees dance.")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8-sig", "Käse"),
        ("utf-16", "Käse"),
        ("utf-16-le", "Все люди рождаются."),
        ("utf-16-be", "Der Käse ist schön."),
        ("utf-16-le", "すべての人間は、生まれながらにして自由である。人間は理性を授けられている。"),
        ("utf-16-be", "すべての人間は、生まれながらにして自由である。人間は理性を授けられている。"),
        ("utf-32", "Käse"),
        ("utf-32-le", "Der Käse ist schön."),
        ("cp1252", "Der Käse ist für die Mäuse schön."),
        ("cp1252", "It’s “fine” – said in English, with Windows’ quotation marks…"),
        ("cp1254", "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar."),
        ("cp1255", "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם."),
        ("iso8859-2", "Zażółć gęślą jaźń. Wszyscy ludzie rodzą się wolni i równi w swej godności."),
        ("euc_jp", "すべての人間は、生まれながらにして自由であり、平等である。"),
        ("iso2022_kr", "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다."),
        ("cp1250", "Zażółć gęślą jaźń. Wszyscy ludzie rodzą się wolni i równi w swej godności."),
        ("cp1251", "Все люди рождаются свободными и равными в своем достоинстве и правах."),
        ("koi8-r", "Все люди рождаются свободными и равными в своем достоинстве и правах."),
        ("iso2022_jp", "人間は、理性と良心とを授けられている。"),
        ("shift_jis", "すべての人間は、生まれながらにして自由であり、平等である。"),
        ("euc_kr", "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다."),
        ("gb18030", "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心。"),
        ("big5", "人人生而自由,在尊嚴和權利上一律平等。他們賦有理性和良心。"),
    ],
)
def test_encodings(encoding: str, text: str) -> None:
    assert add_bytes("cheese.txt", text.encode(encoding)).document.text == text


def test_control_characters_are_removed() -> None:
    assert (
        add_bytes("a.txt", b"A fairly long\0 text with a bell\x07.").document.text
        == "A fairly long text with a bell."
    )


def test_control_characters_in_a_title_are_removed() -> None:
    assert shortened("A\0 bell\x07 \udcff") == "A bell "


def test_a_file_whose_name_is_no_text(tmp_path: Path) -> None:
    path = Path(os.fsdecode(bytes(tmp_path) + b"/caf\xe9.txt"))
    path.write_text("Coffee.")
    assert add_path(path).document == add_path(path).document


def test_an_upload_of_the_same_name_replaces_nothing() -> None:
    first = add_bytes("a.txt", b"One.")
    assert first.change == Change.ADDED
    assert add_bytes("a.txt", b"Two.").change == Change.BESIDE
    again = add_bytes("a.txt", b"One.")
    assert (again.document, again.is_new) == (first.document, False)
    assert sorted(Passage.objects.values_list("text", flat=True)) == ["One.", "Two."]


@pytest.mark.parametrize("name", ["a:b.txt", "\0a.txt", "caf\udce9.txt", "x" * 2000 + ".txt"])
def test_an_upload_of_any_name_is_known_again(name: str) -> None:
    added = add_bytes(name, b"One.")
    assert added.document.file.endswith(".txt")
    assert not add_bytes(name, b"One.").is_new


def test_a_path_is_updated(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("One.")
    first = add_path(path)
    path.write_text("Two.")
    second = add_path(path)
    assert (first.change, second.change) == (Change.ADDED, Change.REPLACED)
    assert add_path(path).change == Change.EQUAL
    assert Document.objects.get() == first.document == second.document
    assert Passage.objects.get().text == "Two."
    assert Document.objects.get().file == "a.txt"


def test_files_of_the_same_name_in_two_folders_are_two(tmp_path: Path) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.md").write_text(folder * 3)
        add_path(tmp_path / folder / "a.md")
    assert Document.objects.count() == 2


def test_a_folder_gives_all_that_is_not_hidden(tmp_path: Path) -> None:
    for name in ("b.md", "a.txt", ".hidden.md", "c.exe"):
        (tmp_path / name).touch()
    found = Folder.of(tmp_path)
    assert [path.name for path in found.files] == ["a.txt", "b.md", "c.exe"]
    assert found.hidden == 1


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/a/b.txt", "a/b.txt"),
        ("../../a.txt", "a.txt"),
        ("a\\b.txt", "a/b.txt"),
        ("a//./b.txt", "a/b.txt"),
    ],
)
def test_an_uploads_name_holds_its_folders_and_nothing_else(path: str, name: str) -> None:
    assert add_bytes(path, b"One.").document.file == name


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("a.exe", b"x", UnknownKind),
        ("noname", b"x", UnknownKind),
        ("a.txt", b"", NoText),
        ("a.txt", b" \n ", NoText),
        ("a.html", b"<nav>only</nav>", NoText),
        ("a.txt", bytes(range(256)) * 9, BinaryContent),
        ("a.md", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", BinaryContent),
        ("a.txt", b"x" * (MAX_BYTES + 1), FileTooLarge),
        ("a.pdf", b"no pdf", BrokenPDF),
        ("a.pdf", b"", BrokenPDF),
        ("a.pdf", a_pdf("x")[:200], BrokenPDF),
    ],
)
def test_refused(name: str, content: bytes, error: type[RefusedFile]) -> None:
    with pytest.raises(error, match=name):
        add_bytes(name, content)
    assert not Document.objects.exists()


def test_pdf_of_pictures_only() -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    with pytest.raises(ImageOnly):
        add_bytes("scan.pdf", written(writer))


def test_pdf_with_a_password() -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret", algorithm="RC4-128")
    with pytest.raises(EncryptedFile):
        add_bytes("secret.pdf", written(writer))


def test_paths_that_give_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileMissing):
        add_path(tmp_path / "gone.md")
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(FileUnreadable):
        add_path(tmp_path / "folder.md")


def test_passages_end_at_headings_and_stay_short() -> None:
    prose = Block(Kind.PROSE, "A sentence of words. " * 200)
    code = Block(Kind.CODE, "\n".join(["x = 1"] * 500))
    endless = Block(Kind.PROSE, "x" * 5000)
    pieces = list(
        passages(
            [Block(Kind.HEADING, "One", 1), prose, Block(Kind.HEADING, "Two", 1), code, endless]
        )
    )
    assert {piece.heading for piece in pieces} == {"One", "Two"}
    assert all(len(piece.text) <= MAX_PASSAGE for piece in pieces)
    assert all(piece.text.count("```") % 2 == 0 for piece in pieces)


def test_text_is_read_back_as_it_was_written() -> None:
    blocks = [
        Block(Kind.HEADING, "H", 2),
        Block(Kind.PROSE, "One.\nTwo."),
        Block(Kind.ITEM, "a"),
        Block(Kind.ITEM, "b"),
        Block(Kind.CODE, "```\nfenced\n```\n\n# no heading"),
    ]
    assert list(parse(as_text(blocks))) == blocks


def test_equal_paragraphs_are_two() -> None:
    assert add_bytes("a.html", b"<ul><li>a</li><li>a</li></ul>").document.text == "- a\n- a"


def test_links_are_not_followed_out_of_a_folder(tmp_path: Path) -> None:
    """But within it, and where they are named themselves."""
    secret = tmp_path / "secret.txt"
    secret.write_text("root:x:0:0")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.md").write_text("Here.")
    (folder / "link.txt").symlink_to(secret)
    (folder / "own.md").symlink_to(folder / "a.md")
    (folder / "passwd.txt").symlink_to("/etc/passwd")
    (folder / "up.txt").symlink_to("../secret.txt")
    (folder / "inside").symlink_to(tmp_path)
    for name in ("link.txt", "passwd.txt", "up.txt"):
        with pytest.raises(LinkNotFollowed, match=f"{name} is a link out of"):
            add_path(folder / name, within=folder)
    assert add_path(folder / "own.md", within=folder).document.text == "Here."
    assert [path.name for path in Folder.of(folder).files] == [
        "a.md",
        "link.txt",
        "own.md",
        "passwd.txt",
        "up.txt",
    ]
    assert add_path(folder / "link.txt").document.text == "root:x:0:0"


def test_links_that_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "none.txt")
    (tmp_path / "circle.txt").symlink_to(tmp_path / "circle.txt")
    with pytest.raises(FileMissing):
        add_path(tmp_path / "gone.txt")
    with pytest.raises(FileUnreadable):
        add_path(tmp_path / "circle.txt")


@pytest.mark.parametrize("is_link", [True, False])
@pytest.mark.parametrize(
    ("kind", "what"), [("pipe", "a named pipe"), ("socket", "a socket"), ("device", "a device")]
)
def test_only_regular_files_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, what: str, is_link: bool
) -> None:
    """At once: nobody writes into the pipe, and the device has no end."""
    path = tmp_path / "real.txt"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        monkeypatch.chdir(tmp_path)  # a socket's path is short
        socket.socket(socket.AF_UNIX).bind("real.txt")
    else:
        path.symlink_to("/dev/zero")
    if is_link:
        (tmp_path / "link.txt").symlink_to(path)
        path = tmp_path / "link.txt"
    with pytest.raises(FileUnreadable, match=f"it is {what}, not a regular file"):
        add_path(path)
