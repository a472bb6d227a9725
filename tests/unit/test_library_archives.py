"""A zip archive is read like a folder; what is hostile in it is refused by name."""

import io
import struct
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from research.library.documents import KINDS
from research.library.exceptions import BrokenFile, UnpacksTooLarge
from research.library.models import Document
from research.library.reading import Member, read_archive
from tests.support.office import word, zipped

pytestmark = pytest.mark.django_db


def unpacked(name: str, content: bytes) -> list[Member]:
    return read_archive(name, content, KINDS)


def outcomes(members: dict[str, bytes]) -> dict[str, str]:
    """Why each of an archive's files was refused; empty for one that was not."""
    return {
        member.path: str(member.refused or "") for member in unpacked("docs.zip", zipped(members))
    }


def test_files_keep_their_paths_and_contents() -> None:
    report = word()
    members = {"guide/bees.md": b"# Bees", "a.docx": report, ".git/c.md": b"", "__MACOSX/d": b""}
    found = {each.path: each.content for each in unpacked("docs.zip", zipped(members))}
    assert found == {"docs.zip/guide/bees.md": b"# Bees", "docs.zip/a.docx": report}


@pytest.mark.parametrize("path", ["../bees.md", "a/../../bees.md", "/etc/bees.md", "C:/bees.md"])
def test_a_path_that_climbs_out_is_refused_by_name(path: str) -> None:
    told = outcomes({path: b"x", "good.md": b"Bees."})
    assert told == {
        f"docs.zip/{path}": f"docs.zip/{path} leads out of its archive.",
        "docs.zip/good.md": "",
    }


def test_an_archive_in_an_archive_and_a_link_are_refused_by_name() -> None:
    link = zipfile.ZipInfo("link.md")
    link.external_attr = 0o120777 << 16
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("more.zip", zipped({"a.md": b"a"}))
        archive.writestr(link, "/etc/passwd")
    told = [str(each.refused) for each in unpacked("docs.zip", file.getvalue())]
    assert "archive in an archive" in told[0] and "link.md is a link" in told[1]


def test_a_file_with_a_password_is_refused_by_name() -> None:
    archive = bytearray(zipped({"a.md": b"Bees."}))
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", archive, archive.index(header) + flags, 1)
    (member,) = unpacked("docs.zip", bytes(archive))
    assert "password" in str(member.refused)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    """Its documents come to 72 MB together; one of 20 MB is refused by itself."""
    archive = bytearray(zipped({f"{number}.md": bytes(9_000_000) for number in range(8)}))
    with pytest.raises(UnpacksTooLarge, match=r"^docs\.zip unpacks to more than 60 MB"):
        unpacked("docs.zip", bytes(archive))
    one = bytearray(zipped({"a.md": bytes(20_000_000)}))
    (member,) = unpacked("docs.zip", bytes(one))
    assert "larger than 10 MB" in str(member.refused)


def test_a_bomb_that_hides_its_size_is_not_unpacked_beyond_it() -> None:
    archive = bytearray(zipped({"a.md": bytes(20_000_000)}))
    struct.pack_into("<L", archive, archive.index(b"PK\x01\x02") + 24, 100)  # bytes, it says
    (member,) = unpacked("docs.zip", bytes(archive))
    assert len(member.content) <= 100 and member.refused


def test_too_many_files_are_refused() -> None:
    with pytest.raises(UnpacksTooLarge, match="5,000 files"):
        unpacked("docs.zip", zipped({f"{number}.md": b"" for number in range(5001)}))


@pytest.mark.parametrize("content", [b"", b"no zip", zipped({"a.md": b"Bees."})[:-30]])
def test_what_is_no_archive_says_so(content: bytes) -> None:
    with pytest.raises(BrokenFile, match=r"^docs\.zip "):
        unpacked("docs.zip", content)


def test_by_page(client: Client) -> None:
    archive = zipped({"a.md": b"# Ants", "b/c.md": b"Bees.", "d.png": b"x", "../e.md": b"x"})
    file = SimpleUploadedFile("docs.zip", archive)
    page = client.post("/library/", {"documents": [file]}, follow=True).text
    assert "1 of 4 files added" in page and "leading out" in page and ".png" in page
    assert Document.objects.get().file == "docs.zip/b/c.md"


def test_by_command_and_again(tmp_path, capsys) -> None:
    path = tmp_path / "docs.zip"
    path.write_bytes(zipped({"a.md": b"Ants.", "b/c.md": b"Bees."}))
    call_command("library", "add", str(path))
    path.write_bytes(zipped({"a.md": b"Ants dig.", "b/c.md": b"Bees."}))
    call_command("library", "add", str(path))
    assert "1 replaced; 1 there already" in capsys.readouterr().err
    assert {each.text for each in Document.objects.all()} == {"Ants dig.", "Bees."}


def test_a_file_of_an_archive_that_is_refused_fails_the_command(tmp_path, capsys) -> None:
    path = tmp_path / "docs.zip"
    path.write_bytes(zipped({"a.md": b"Ants.", "../b.md": b"Bees."}))
    with pytest.raises(CommandError, match="1 was refused"):
        call_command("library", "add", str(path))
    assert "leads out of its archive" in capsys.readouterr().err


def test_by_api_the_archive_is_answered_with_its_documents(client: Client) -> None:
    archive = SimpleUploadedFile("docs.zip", zipped({"a.md": b"Ants.", "b.md": b"Bees."}))
    answer = client.post("/api/library/archive", {"file": archive})
    assert answer.status_code == 200
    told = answer.json()
    assert [each["change"] for each in told["files"]] == ["added", "added"]
    refused = client.post("/api/library/archive", {"file": SimpleUploadedFile("a.zip", b"no")})
    assert refused.status_code == 400 and "a.zip is damaged" in str(refused.json())


def test_an_archive_is_no_document(client: Client) -> None:
    file = SimpleUploadedFile("docs.zip", zipped({"a.md": b"Ants."}))
    answer = client.post("/api/library", {"file": file})
    assert answer.status_code == 400 and "/api/library/archive" in answer.text
