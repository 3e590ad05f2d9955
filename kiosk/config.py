"""Reads the configuration file: typed, complete and consistent, or every problem in it at once.

Layers: defaults, then the file, then what `pushing` lays over its table; secrets come from their own files.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from kiosk.configuration import Basics, Configuration, Draft, File, InputDraft, Mqtt, Part, PartDraft, Sense
from kiosk.document import placed, read
from kiosk.drafting import drafted, outputs_drafted
from kiosk.errors import ConfigError
from kiosk.keyring import gather, refusals, unusable_files
from kiosk.model import FreeAmount, Slot
from kiosk.roles import HABITS
from kiosk.rules import RULES
from kiosk.secret import DOTS, Secret
from kiosk.settings import Limits
from kiosk.tables import Complaint, Key, Problem, Reader, Unparsable, shown

DEFAULT = Path("/etc/qris-kiosk/kiosk.toml")
"""Where the configuration is, unless the command line names another place."""


def load(path: Path, credentials: Path | None = None) -> Configuration:
    """Read a configuration; raises ConfigError with every problem.  `credentials` replaces the file's own."""
    return load_with_table(path, credentials)[0]


def load_with_table(path: Path, credentials: Path | None = None) -> tuple[Configuration, dict[str, Any]]:
    """Read a configuration, and the table that the file holds; raises ConfigError with every problem."""
    configuration, table, problems = _examined(path, credentials)
    if configuration is None:
        raise ConfigError([str(problem) for problem in problems])
    return configuration, table


def examine(path: Path, credentials: Path | None = None) -> tuple[Configuration | None, list[Problem]]:
    """Read a configuration and say every problem; there is a configuration exactly if there is none."""
    configuration, _, problems = _examined(path, credentials)
    return configuration, problems


def mistakes(path: Path) -> list[Problem]:
    """Every problem of the file itself.

    Secrets are not looked at: systemd hands a process those of its own start, and the next may get others.
    """
    try:
        text, raw = read(path)
    except Unparsable as error:
        return [Problem(str(path), error.line, "", error.reason)]
    draft, complaints = weighed(raw)
    return placed(complaints, path, text) or unusable_files(built(draft, path, {}, raw))


def _examined(
    path: Path, credentials: Path | None
) -> tuple[Configuration | None, dict[str, Any], list[Problem]]:
    try:
        text, raw = read(path)
    except Unparsable as error:
        return None, {}, [Problem(str(path), error.line, "", error.reason)]
    draft, complaints = weighed(raw)
    secrets, unusable = gather(draft, credentials)
    if problems := placed(complaints, path, text) + unusable:
        return None, raw, problems
    configuration = built(draft, path, secrets, raw)
    problems = refusals(configuration)
    return (None, raw, problems) if problems else (configuration, raw, [])


def weighed(raw: Mapping[str, Any]) -> tuple[Draft, list[Complaint]]:
    """What can be read of a table as a file holds it, and every complaint; secrets are not looked at."""
    reader = Reader(top=File.__struct_fields__)
    draft = drafted(raw, reader)
    for rule in RULES:
        reader.complaints.extend(rule(draft))
    return draft, reader.complaints


def basics(path: Path) -> Basics:
    """The settings at the top of the file, whatever the rest holds; raises ConfigError for these alone."""
    try:
        text, raw = read(path)
    except Unparsable as error:
        raise ConfigError([str(Problem(str(path), error.line, "", error.reason))]) from error
    reader = Reader()
    known = {name: raw[name] for name in Basics.__struct_fields__ if name in raw}
    found = reader.struct(known, Basics, ())
    if not isinstance(found, Basics):
        raise ConfigError([str(problem) for problem in placed(reader.complaints, path, text)])
    return found


def draft_of(path: Path) -> Draft | None:
    """What could be read of a file, right or wrong; None where it is no table at all."""
    try:
        return drafted(read(path)[1], Reader())
    except Unparsable:
        return None


def outputs(path: Path) -> tuple[dict[str, Part], list[Problem]]:
    """The outputs that can be read, whatever else the file holds, and what is wrong with them."""
    try:
        text, raw = read(path)
    except Unparsable as error:
        return {}, [Problem(str(path), error.line, "", error.reason)]
    reader = Reader()
    parts = outputs_drafted(reader, raw.get("outputs", {}))
    good = {name: _part(part) for name, part in parts.items() if part.config is not None}
    return good, placed(reader.complaints, path, text)


def built(
    draft: Draft,
    path: Path,
    secrets: Mapping[str, Secret],
    raw: Mapping[str, Any],
    pushed: frozenset[str] = frozenset(),
) -> Configuration:
    """The configuration of a draft without complaints; `pushed` are the keys of `raw` that were."""
    assert draft.panel, "no complaint about the panel"
    assert draft.keypad, "no complaint about the keypad"
    assert draft.clock, "no complaint about the clock"
    return Configuration(
        **draft.basics,
        panel=_part(draft.panel),
        keypad=_part(draft.keypad),
        clock=_part(draft.clock),
        outputs={name: _part(part) for name, part in draft.outputs.items()},
        gateway={name: _part(part).config for name, part in draft.gateway.items()},
        limits=Limits(**draft.limits),
        slots=tuple(Slot(**slot) for slot in draft.slots),
        free_amount=FreeAmount(**draft.free_amount) if draft.free_amount else None,
        mqtt=Mqtt(**draft.mqtt) if draft.mqtt else None,
        secrets=secrets,
        given=frozenset(_keys(raw, ())),
        source=path,
        pushed=pushed,
        inputs={name: _sense(each) for name, each in draft.inputs.items()},
        buzzer=_part(draft.buzzer) if draft.buzzer else None,
    )


def _sense(draft: InputDraft) -> Sense:
    assert draft.part is not None, "no complaint about the input"
    role, timeout = draft.values["role"], draft.values["timeout"]
    usual = HABITS[role].timeout
    return Sense(
        role=role,
        slots=draft.values["slots"],
        timeout=usual if timeout is None else timeout,
        part=_part(draft.part),
    )


def _part(part: PartDraft) -> Part:
    assert part.config is not None, "no complaint about the part"
    return Part(driver=part.driver, config=part.config)


def _keys(value: Any, key: Key) -> Iterator[str]:
    """Every key that the file sets, tables and lists on the way to it among them."""
    if key:
        yield shown(key)
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for name, child in children:
        yield from _keys(child, (*key, name))


class Setting(NamedTuple):
    """One effective value as JSON would hold it; its origin is default, file, pushed or credential."""

    key: str
    value: Any
    origin: str


def effective(configuration: Configuration) -> list[Setting]:
    """Every value in effect and where it came from; a secret is three dots."""
    tree = {name: _plain(getattr(configuration, name)) for name in File.__struct_fields__}
    rows = [Setting(key, value, _origin(key, configuration)) for key, value in _leaves(tree, ())]
    return rows + [Setting(f"secret {name}", DOTS, "credential") for name in sorted(configuration.secrets)]


def _origin(key: str, configuration: Configuration) -> str:
    if key in configuration.pushed:
        return "pushed"
    return "file" if key in configuration.given else "default"


def _plain(value: Any) -> Any:
    """The value as the file would hold it."""
    match value:
        case Part():
            return {"driver": value.driver, **_plain(value.config)}
        case Sense():
            own = {"role": value.role.value, "slots": list(value.slots), "timeout": value.timeout}
            return own | _plain(value.part)
        case Mapping():
            return {name: _plain(one) for name, one in value.items()}
        case _:
            return msgspec.json.decode(msgspec.json.encode(value, enc_hook=str))


def _leaves(value: Any, key: Key) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, child in value.items():
            yield from _leaves(child, (*key, name))
    elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        for index, child in enumerate(value):
            yield from _leaves(child, (*key, index))
    elif value is not None:
        yield shown(key), value
