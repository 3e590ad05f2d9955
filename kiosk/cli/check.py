"""`kiosk check`: whether the configuration is right, and what is in effect with what was pushed from afar."""

import json
import sys
from argparse import Namespace
from typing import Any

from msgspec import to_builtins

from kiosk.cautions import cautions
from kiosk.cli.parsing import parser, takes_config, takes_credentials, takes_json
from kiosk.config import Setting, effective, examine
from kiosk.configuration import Configuration
from kiosk.errors import JournalError
from kiosk.fitting import misfits
from kiosk.mqtt.reports import Fault
from kiosk.pushed import Pushed
from kiosk.pushing import lay, own_file, remembered
from kiosk.tables import Problem


def main(words: list[str]) -> int:
    """Print every problem, or every value in effect with its origin."""
    arguments = parser("check", "Say every problem of the configuration, or every value in effect.")
    takes_config(arguments)
    takes_credentials(arguments)
    takes_json(arguments)
    given = arguments.parse_args(words)
    _, problems = examine(given.config, given.credentials)
    if problems := [*misfits(given.config), *problems]:
        return _refuse(given, sorted(problems, key=lambda one: (one.where != str(given.config), one.line)))
    laid, left_off = _laid(given)
    return _approve(given, laid, [*left_off, *cautions(laid)])


def _laid(given: Namespace) -> tuple[Configuration, list[str]]:
    """The configuration that a start would have, and why nothing of what was pushed is in it."""
    own = own_file(given.config, given.credentials)
    try:
        pushed = remembered(own.configuration)
    except JournalError as error:
        return own.configuration, [f"what was pushed cannot be read, so the file alone stands here: {error}"]
    laid = lay(own, pushed)
    faults = () if laid.pushed.in_effect == pushed.in_effect else laid.pushed.errors
    return laid.configuration, [_fault(pushed, fault) for fault in faults]


def _fault(pushed: Pushed, fault: Fault) -> str:
    place = (
        f"version {pushed.in_effect} was pushed and does not fit this file, which holds alone: {fault.path}"
    )
    return f"{place}: {fault.words}" + (f"; {fault.advice}" if fault.advice else "")


def _refuse(given: Namespace, problems: list[Problem]) -> int:
    if given.json:
        _print_json({"ok": False, "problems": to_builtins(problems)})
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1


def _approve(given: Namespace, configuration: Configuration, warnings: list[str]) -> int:
    settings = effective(configuration)
    if given.json:
        rows = [setting._asdict() for setting in settings]
        _print_json({"ok": True, "settings": rows, "warnings": warnings})
    else:
        print("\n".join(_table(settings)))
    for warning in warnings:
        print(f"{given.config}: warning: {warning}", file=sys.stderr)
    return 0


def _print_json(document: dict[str, Any]) -> None:
    print(json.dumps(document, indent=2, ensure_ascii=False))


def _table(settings: list[Setting]) -> list[str]:
    texts = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value, _ in settings]
    width = max(map(len, texts))
    return [f"{text:{width}}  {setting.origin}" for text, setting in zip(texts, settings, strict=True)]
