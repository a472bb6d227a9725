"""`manage.py library`: what it prints, and where, and how it ends."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from research.library.documents import add_bytes
from research.library.models import Document

pytestmark = pytest.mark.django_db


def test_add_goes_on_after_a_bad_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "good.md").write_text("# Bees\n\nThey dance.")
    (tmp_path / "bad.pdf").write_text("no pdf")
    with pytest.raises(CommandError) as ended:
        call_command("library", "add", tmp_path, tmp_path / "gone.md")
    told = capsys.readouterr()
    assert ended.value.returncode == 2
    assert "Bees" in told.out and len(told.out.splitlines()) == 1
    assert "bad.pdf" in told.err and "gone.md" in told.err


def test_add_of_a_folder_without_documents(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("library", "add", tmp_path)


def test_list_search_and_remove(capsys: pytest.CaptureFixture[str]) -> None:
    document = add_bytes("bees.md", b"# Bees\n\nThey dance.").document
    call_command("library", "list")
    call_command("library", "search", "dancing", "bees")
    told = capsys.readouterr().out
    assert "yours: Bees" in told and "They dance." in told
    call_command("library", "remove", document.pk)
    assert not Document.objects.exists()


def test_remove_of_what_is_not_there() -> None:
    with pytest.raises(CommandError, match="no document 404"):
        call_command("library", "remove", 404)


def test_search_on_what_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("library", "search", "nothing")
    told = capsys.readouterr()
    assert told.out == "" and "holds nothing" in told.err


def test_add_says_what_it_passed_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "good.md").write_text("# Bees\n\nThey dance.")
    for name in ("a.heic", "b.heic", "c.png", "LICENSE", ".hidden"):
        (tmp_path / name).touch()
    call_command("library", "add", tmp_path)
    told = capsys.readouterr().err
    assert "c.png is of a kind the library does not read." in told
    assert told.splitlines()[-1] == (
        "1 of 5 files added; 4 not read: 2 of kind .heic, 1 without an ending, 1 of kind .png; "
        "1 hidden left out."
    )


def test_add_says_what_it_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("One.")
    call_command("library", "add", tmp_path)
    (tmp_path / "a.txt").write_text("Two.")
    capsys.readouterr()
    call_command("library", "add", tmp_path)
    assert capsys.readouterr().err == "0 of 2 files added; 1 replaced; 1 there already.\n"
