"""`kiosk check`: whether the configuration is right, and what is in effect."""

import json
import sys
from argparse import Namespace
from typing import Any

from msgspec import to_builtins

from kiosk.cautions import cautions
from kiosk.cli.parsing import parser, takes_config, takes_credentials, takes_json
from kiosk.config import Setting, effective, examine
from kiosk.configuration import Configuration
from kiosk.tables import Problem


def main(words: list[str]) -> int:
    """Print every problem, or every value in effect with its origin."""
    arguments = parser("check", "Say every problem of the configuration, or every value in effect.")
    takes_config(arguments)
    takes_credentials(arguments)
    takes_json(arguments)
    given = arguments.parse_args(words)
    configuration, problems = examine(given.config, given.credentials)
    if configuration is None:
        return _refuse(given, problems)
    return _approve(given, configuration)


def _refuse(given: Namespace, problems: list[Problem]) -> int:
    if given.json:
        _print_json({"ok": False, "problems": to_builtins(problems)})
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1


def _approve(given: Namespace, configuration: Configuration) -> int:
    settings, warnings = effective(configuration), cautions(configuration)
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
