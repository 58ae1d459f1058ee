"""What is found in a file, honest or not, by a process that nothing takes along."""

import time
from pathlib import Path

import pytest
from PIL import Image, ImageFile, ImageStat

from hubs_portal import inspection
from hubs_portal.inspection import bounded, opening
from hubs_portal.inspection.opening.found import SECONDS
from tests.builders.files import a_file, a_pdf
from tests.builders.hostile_files import FILES, a_picture, an_odf

each = pytest.mark.parametrize("what", FILES)


@each
def test_each_file_is_what_the_table_says(tmp_path: Path, what: str) -> None:
    kind, make, code, remarks = FILES[what]
    file = tmp_path / f"file.{kind}"
    file.write_bytes(make())

    with inspection.trusting():
        found = bounded.find(kind, file)

    assert (found.code, found.remarks) == (code, remarks)


@pytest.mark.parametrize("what", ["an honest PDF", "a text", "a photograph", "a PDF that launches a program"])
def test_a_process_of_its_own_says_the_same(what: str) -> None:
    kind, make, code, _remarks = FILES[what]

    found = inspection.inspect_open(a_file(make(), f"piece.{kind}"), f"piece.{kind}")

    assert found.code == code


def test_the_picture_is_that_of_the_first_page(tmp_path: Path) -> None:
    found = inspection.inspect_open(a_file(a_pdf("Bonjour", 3)), "piece.pdf")

    (tmp_path / "seen.jpg").write_bytes(found.picture)
    with Image.open(tmp_path / "seen.jpg") as seen:
        assert (found.pages, seen.format, seen.width <= 320, seen.height <= 441) == (3, "JPEG", True, True)
    assert inspection.inspect_open(a_file(FILES["a text"][1](), "a.docx"), "a.docx").picture == b""


def test_the_picture_of_a_photograph_is_the_way_up_its_camera_says_and_whole(tmp_path: Path) -> None:
    """Held on its side: its left half, dark, is seen on top."""
    exif, photo = Image.Exif(), Image.new("RGB", (800, 400), "white")
    exif[0x0112] = 6  # the camera was turned to the left
    photo.paste("navy", (0, 0, 400, 400))
    photo.save(tmp_path / "photo.jpg", exif=exif)

    found = bounded.find("jpg", tmp_path / "photo.jpg")

    (tmp_path / "seen.jpg").write_bytes(found.picture)
    with Image.open(tmp_path / "seen.jpg") as seen:
        grey = seen.convert("L")
        above, below = (ImageStat.Stat(grey.crop((110, at, 111, at + 1))).mean[0] for at in (40, 400))
        assert (seen.size, above < 60, below > 200) == ((220, 440), True, True)


def test_a_photograph_cut_short_is_damaged_even_where_another_library_would_show_half_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    whole = a_picture("JPEG")
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])

    with inspection.trusting():
        found = bounded.find("jpg", tmp_path / "cut.jpg")

    assert (found.code, ImageFile.LOAD_TRUNCATED_IMAGES) == ("damaged", True)


def test_what_opens_a_file_and_dies_is_told_to_whoever_keeps_the_portal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    deadly = tmp_path / "deadly.py"
    deadly.write_text("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    monkeypatch.setattr(bounded, "_PROGRAM", deadly)

    found = bounded.find("pdf", tmp_path / "any.pdf")

    assert found.code == "damaged"
    assert "what opened a pdf died of signal 11" in caplog.text


def test_what_takes_too_long_is_stopped_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = tmp_path / "endless.py"
    endless.write_text("while True: pass")
    monkeypatch.setattr(bounded, "_PROGRAM", endless)
    monkeypatch.setattr(bounded, "SECONDS", 1)
    started = time.monotonic()

    found = bounded.find("pdf", tmp_path / "any.pdf")

    assert found.code == "too_long"
    assert time.monotonic() - started < 5


def test_drawings_that_multiply_without_end_take_nothing_along(tmp_path: Path) -> None:
    """A page that asks for the same drawing four billion times: what opens it may die of it, and nothing else does."""
    file = tmp_path / "maze.pdf"
    file.write_bytes(a_maze())
    started = time.monotonic()

    found = bounded.find("pdf", file)

    assert found.code == "too_heavy"
    assert time.monotonic() - started < SECONDS + 2


def test_what_asks_for_more_memory_than_there_is_is_said_so(tmp_path: Path) -> None:
    file = tmp_path / "wide.png"
    Image.new("RGB", (9_990, 9_990), "navy").save(file, compress_level=1)

    found = bounded.find("png", file)

    assert found.code == "too_heavy"


def test_a_fault_of_the_program_is_nobody_s_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit(3)")
    monkeypatch.setattr(bounded, "_PROGRAM", broken)

    with pytest.raises(RuntimeError, match="opening a pdf"):
        bounded.find("pdf", tmp_path / "x.pdf")


def test_the_program_knows_nothing_of_the_portal() -> None:
    source = "".join(part.read_text(encoding="utf-8") for part in Path(opening.__file__).parent.glob("*.py"))

    assert "import django" not in source
    assert "hubs_portal" not in source


def test_every_code_has_its_sentence() -> None:
    codes = {code for _kind, _make, code, _remarks in FILES.values()} | {"too_long", "too_heavy"}

    assert codes <= set(inspection.SENTENCES)
    assert {remark for *_file, remarks in FILES.values() for remark in remarks} == set(inspection.REMARKS)
    assert all(len(code) <= 30 for code in inspection.SENTENCES)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "statuts.docx", "protégé par un mot de passe"),
        (a_picture("PNG"), "statuts.pdf", "il contient autre chose (image/png)"),
        (b"<html><script>alert(1)</script></html>", "rib.jpg", "il contient autre chose (text/html)"),
        (an_odf("text"), "tableau.pdf", "il contient autre chose"),
    ],
)
def test_a_name_that_lies_is_told_at_once(content: bytes, name: str, words: str) -> None:
    said = inspection.contradiction(a_file(content, name), name)

    assert words in str(said).replace("\u00a0", " ")


def a_maze() -> bytes:
    """Drawings that each ask for the next one sixteen times, eight deep."""
    import pikepdf  # noqa: PLC0415 - one test
    from pikepdf import Dictionary, Name  # noqa: PLC0415

    pdf = pikepdf.new()
    box = [0, 0, 500, 500]
    inner = pdf.make_stream(b"0 0 500 500 re f", Type=Name.XObject, Subtype=Name.Form, BBox=box)
    for _ in range(8):
        held = Dictionary(XObject=Dictionary(A=inner))
        inner = pdf.make_stream(b"/A Do " * 16, Type=Name.XObject, Subtype=Name.Form, BBox=box, Resources=held)
    page = Dictionary(Type=Name.Page, MediaBox=box, Resources=Dictionary(XObject=Dictionary(A=inner)))
    page.Contents = pdf.make_stream(b"/A Do")
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    from io import BytesIO  # noqa: PLC0415

    out = BytesIO()
    pdf.save(out)
    return out.getvalue()
