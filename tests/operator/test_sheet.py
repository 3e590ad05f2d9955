"""Events in a file: read back as what they were, whole lines only, by one program at a time."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import KioskError
from kiosk.mqtt.reports import Event
from kiosk.operator.sales import Told
from kiosk.operator.sheet import COLUMNS, NUMBERS, TEXTS, Book, heading, line, load, read
from tests.operator.told import SOLD, story

JAKARTA = ZoneInfo("Asia/Jakarta")
PRINTABLE = st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" "), max_size=12)
VALUES = PRINTABLE | st.integers(-(2**53) + 1, 2**53 - 1)
NAMES = st.sampled_from([*NUMBERS, *TEXTS]) | st.from_regex(r"[a-z_]{1,12}", fullmatch=True)
EVENTS = st.builds(
    Event,
    event_id=PRINTABLE,
    epoch=st.integers(0, 9),
    seq=st.integers(0, 2**53 - 1),
    time=st.integers(0, 9_999_999_999),
    time_ok=st.booleans(),
    what=PRINTABLE,
    order_id=PRINTABLE,
    reference=PRINTABLE,
    fields=st.dictionaries(NAMES, VALUES, max_size=6),
)


@given(st.lists(st.builds(Told, st.sampled_from(["K01", "K02"]), EVENTS), max_size=5))
def test_events_are_read_back_as_they_were(told: list[Told]) -> None:
    lines = [heading(), *(line(each, JAKARTA) for each in told)]
    assert all(each.endswith("\n") and each.count("\n") == 1 for each in lines)
    assert list(read(None, lines)) == told


@given(st.text(max_size=20))
def test_whatever_a_machine_says_is_one_line_and_no_formula(text: str) -> None:
    (told,) = story("intent", item=text)
    written = line(told, JAKARTA)
    assert written.count("\n") == 1
    item = next(iter(read(None, [heading(), written]))).event.fields.get("item", "")
    assert not str(item).startswith("\x1b")
    assert len(str(item)) == len(text)


def test_a_formula_begins_with_an_apostrophe() -> None:
    (told,) = story("intent", item="=1+1")
    assert ",'=1+1," in line(told, JAKARTA)


def test_times_are_those_of_the_operators_clock() -> None:
    (told,) = story("intent")
    assert line(told, JAKARTA).startswith("2026-01-01T12:00:01+0700,K01,1,1,order.intent,")


def test_a_book_begins_with_the_names_of_its_columns(tmp_path: Path) -> None:
    with Book(tmp_path / "events.csv", JAKARTA) as book:
        book.add(story(*SOLD))
    assert (tmp_path / "events.csv").read_text().splitlines()[0] == ",".join(COLUMNS)


def test_a_book_goes_on_where_it_ended(tmp_path: Path) -> None:
    path, told = tmp_path / "events.csv", story(*SOLD)
    with Book(path, JAKARTA) as book:
        book.add(told[:2])
    with Book(path, JAKARTA) as book:
        assert list(book.known) == [each.name for each in told[:2]]
        assert book.load() == told[:2]
        book.add(told[2:])
    assert load(path) == told


def test_at_every_place_of_a_cut_only_whole_lines_remain(tmp_path: Path) -> None:
    path, told = tmp_path / "events.csv", story("intent", "closed")
    whole = "".join([heading(), *(line(each, JAKARTA) for each in told)]).encode()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        with Book(path, JAKARTA) as book:
            book.add(told[len(list(book.known)) :])
        assert path.read_bytes() == whole


def test_two_programs_cannot_add_to_one_book(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    with Book(path, JAKARTA), pytest.raises(KioskError, match="another program is adding to it"):
        Book(path, JAKARTA)
    Book(path, JAKARTA).close()


@pytest.mark.parametrize("text", ["item,price\nKopi,12000\n", "item,price\nKopi", "item", "\n"])
def test_a_foreign_file_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "prices.csv"
    path.write_text(text)
    with pytest.raises(KioskError, match="is no file of kiosk operator events"):
        Book(path, JAKARTA)
    assert path.read_text() == text


@pytest.mark.parametrize("damage", ["K01\n", "x" * 40 + "," * (len(COLUMNS) - 1) + "\n", '"\n'])
def test_a_line_that_is_no_event_is_named(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "events.csv"
    path.write_text(heading() + line(story("intent")[0], JAKARTA) + damage)
    with pytest.raises(KioskError, match=r"events.csv:3: is no event"):
        load(path)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_bytes(heading().encode() + b"\xff\xfe\n")
    with pytest.raises(KioskError, match=r"events\.csv"):
        load(path)


def test_what_was_added_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, sizes = tmp_path / "events.csv", list[int]()
    with Book(path, JAKARTA) as book:
        monkeypatch.setattr(os, "fsync", lambda handle: sizes.append(os.fstat(handle).st_size))
        book.add(story("intent"))
    assert sizes == [path.stat().st_size]
