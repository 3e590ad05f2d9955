"""Amounts of other people's tables: read right or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.operator.amounts import Cell, Unclear, whole_rupiah

AMOUNTS = st.integers(0, 99_999_999)


def read(*texts: str) -> list[int]:
    return whole_rupiah(Cell(line, text) for line, text in enumerate(texts, 2))


def with_dots(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", 0),
        ("12500", 12_500),
        ("12.500", 12_500),
        ("12,500", 12_500),
        ("12500.00", 12_500),
        ("12500.0", 12_500),
        ("12500,00", 12_500),
        ("12.500,00", 12_500),
        ("12,500.00", 12_500),
        ("1.250.000", 1_250_000),
        ("Rp 12.500", 12_500),
        ("Rp12.500,-", 12_500),
        ("Rp. 12.500", 12_500),
        ("IDR 12500.00", 12_500),
        (" 12500 ", 12_500),
        ("Rp\N{NO-BREAK SPACE}12.500", 12_500),
    ],
)
def test_an_amount_is_read_however_it_is_written(text: str, amount: int) -> None:
    assert read(text) == [amount]


@pytest.mark.parametrize(
    "text",
    [
        *("", "-12500", "(12500)", "12500.50", "12.500,50", "1.25E+04", "12.50", "12,5", "12.5000", "1.2500"),
        *(
            "12.500.00",
            "12500.000",
            "12 500",
            "NaN",
            "USD 12",
            "12k",
            "٣",
            "1" * 16,
            ".500",
            "12.",
            "12,500,00",
        ),
    ],
)
def test_what_is_no_whole_amount_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(Unclear, match=r"line 3: .* is no amount of whole rupiah"):
        read("100", text)


@pytest.mark.parametrize(
    ("one", "other"),
    [("12.500", "12500.00"), ("12.500", "12,500"), ("12.500,00", "8000.00"), ("8,00", "9.00")],
)
def test_two_ways_in_one_column_are_refused_with_both_lines(one: str, other: str) -> None:
    with pytest.raises(Unclear, match=r"line 2: .* and line 4: .* divide thousands differently"):
        read(one, "700", other)


@given(st.lists(AMOUNTS), st.sampled_from([str, with_dots, "{:,}".format, "{}.00".format, "Rp {}".format]))
def test_a_column_in_one_way_is_read_as_it_was_written(amounts: list[int], written: object) -> None:
    assert callable(written)
    assert read(*map(written, amounts)) == amounts


@given(st.text(max_size=12))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    try:
        (amount,) = read(text)
    except Unclear:
        return
    assert str(amount) in text.replace(".", "").replace(",", "").lstrip("0") + "0" or amount == 0
