"""Texts for CSV files that a spreadsheet opens: what a stranger wrote must not run there as a formula."""

from typing import Any, Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "'")


def harmless(cell: Any) -> Any:
    """The cell; a text that would be a formula, or be taken for one made harmless, behind an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
