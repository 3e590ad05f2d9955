"""docs/operator.md: its settings can be read, and its commands answer as it says."""

from pathlib import Path

from kiosk.operator import settings
from kiosk.operator.matching import Kind
from tests.docs.operator_page import PAGE, block, fresh, parts, settled_words

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_commands_answer_as_the_page_says() -> None:
    now = fresh(TEXT)
    assert settled_words(now) == settled_words(TEXT)
    assert all(output for _, output in parts(TEXT))


def test_the_settings_of_the_page_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "operator.toml"
    path.write_text(block("toml", TEXT))
    assert settings.read(path).mqtt.address == ("broker.example.com", 8884)


def test_every_kind_of_disagreement_is_explained() -> None:
    assert [kind for kind in Kind if f"\n| {kind} |" not in TEXT] == []
