"""How deep a JSON text is nested, judged before it is parsed: parsers recurse, and strangers know it."""

import re
from itertools import accumulate
from typing import Final

# Possessive, and an open string runs to the end: linear, whatever the text.
_BRACKETS_AND_STRINGS: Final = re.compile(r'"(?:\\.|[^"\\])*+"?|[\[{]|[\]}]', re.DOTALL)
_STEPS: Final = {"[": 1, "{": 1, "]": -1, "}": -1}


def is_deeper(text: str, deepest: int) -> bool:
    """Whether objects and lists stand more than `deepest` within one another."""
    steps = (_STEPS.get(token[0], 0) for token in _BRACKETS_AND_STRINGS.finditer(text))
    return any(depth > deepest for depth in accumulate(steps))
