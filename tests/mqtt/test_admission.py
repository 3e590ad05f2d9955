"""The rules by which a command is put before the till, repeated, or refused."""

import pytest
from hypothesis import given
from msgspec.structs import replace

from kiosk import commands
from kiosk.admission import Admitted, Repeated, admit, admit_locally
from kiosk.commands import COMMANDS, LOCAL
from kiosk.mqtt.messages import Command, decode
from kiosk.mqtt.signatures import command_bytes, sign
from kiosk.refusals import Reason, Refusal
from tests.mqtt.asking import GOOD, KEY, MONEY, NOW, admitted, came, command, judged, reason
from tests.mqtt.mutations import MUTATED

TEN_MINUTES = 600  # docs/mqtt.md promises it


@pytest.mark.parametrize("name", GOOD)
def test_a_retained_command_is_refused(name: str) -> None:
    verdict = admit("K01", name, command(GOOD[name]), came(name, retained=True), (), None)
    assert verdict == Refusal(Reason.RETAINED, id="c-1")


def test_a_retained_command_is_refused_even_if_it_was_done_before() -> None:
    digest = admitted("ping", {}).digest
    verdict = admit("K01", "ping", command({}), came("ping", retained=True), (), digest)
    assert reason(verdict) is Reason.RETAINED


@pytest.mark.parametrize("name", ["release", "test_output", "", "__class__", "charge/now"])
def test_a_command_that_is_none_is_refused(name: str) -> None:
    assert reason(judged(name, {})) is Reason.UNKNOWN_COMMAND


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize(
    ("exp", "expected"),
    [
        (NOW - 1, Reason.EXPIRED),
        (0, Reason.EXPIRED),
        (NOW, None),
        (NOW + TEN_MINUTES, None),
        (NOW + TEN_MINUTES + 1, Reason.TOO_FAR_AHEAD),
        (9_999_999_999, Reason.TOO_FAR_AHEAD),
    ],
)
def test_a_command_is_taken_in_its_time_only(name: str, exp: float, expected: Reason | None) -> None:
    assert reason(admit("K01", name, command(GOOD[name], exp), came(name), (), None)) is expected


@pytest.mark.parametrize("name", GOOD)
def test_by_a_clock_that_is_not_set_nothing_is_done_that_carries_money(name: str) -> None:
    arrival = came(name, wall=0.0, clock_ok=False)
    verdict = admit("K01", name, command(GOOD[name]), arrival, (), None)
    assert reason(verdict) is (Reason.CLOCK_NOT_SET if name in MONEY else None)


def test_a_repeat_is_known_and_gets_its_answer_even_after_its_time() -> None:
    digest = admitted("charge", GOOD["charge"]).digest
    late = admit("K01", "charge", command(GOOD["charge"]), came("charge", wall=NOW + 3600), (), digest)
    assert late == Repeated("c-1", "charge")


@pytest.mark.parametrize("clock_ok", [True, False])
def test_a_repeat_with_other_arguments_is_refused(clock_ok: bool) -> None:
    digest = admitted("charge", GOOD["charge"]).digest
    other = command(GOOD["charge"] | {"amount": 1})
    assert (
        reason(admit("K01", "charge", other, came("charge", clock_ok=clock_ok), (), digest)) is Reason.ID_USED
    )


def test_an_id_that_another_command_had_is_refused() -> None:
    digest = admitted("ping", {}).digest
    assert reason(admit("K01", "identify", command({}), came("identify"), (), digest)) is Reason.ID_USED


def test_equal_commands_have_equal_digests_however_they_are_written() -> None:
    plain = admitted("charge", {"reference": "sale-1", "slot": 1}).digest
    assert plain == admitted("charge", {"slot": 1, "reference": "sale-1"}).digest
    assert plain == admitted("charge", {"reference": "sale-1", "slot": 1, "amount": None}).digest
    assert plain == admitted("charge", {"reference": "sale-1", "slot": 1, "description": ""}).digest
    assert plain != admitted("charge", {"reference": "sale-1", "slot": 2}).digest


def test_the_digest_of_a_charge_stays_what_it_was() -> None:
    """References are remembered for ever: a digest that changed would refuse every one of them."""
    assert admitted("charge", GOOD["charge"]).digest == (
        "93d3817ee9cdedadd903f92bad1abd904b43a5c4c219c8ce409acc78f77bec1c"
    )


@pytest.mark.parametrize("name", GOOD)
def test_where_there_is_a_key_only_the_signed_are_heard(name: str) -> None:
    unsigned = command(GOOD[name])
    signature = sign(KEY, command_bytes("K01", came(name).topic, unsigned))
    forged = "0" * 64
    verdicts = [
        reason(admit("K01", name, replace(unsigned, sig=sig), came(name), (KEY,), None))
        for sig in ("", forged, signature)
    ]
    assert verdicts == [Reason.UNSIGNED, Reason.WRONG_SIGNATURE, None]


def test_a_forged_repeat_learns_nothing() -> None:
    digest = admitted("charge", GOOD["charge"]).digest
    verdict = admit("K01", "charge", command(GOOD["charge"]), came("charge"), (KEY,), digest)
    assert reason(verdict) is Reason.UNSIGNED


def test_a_forger_is_not_told_what_is_wrong_with_the_arguments() -> None:
    verdict = admit("K01", "charge", command({"slot": "one"}), came("charge"), (KEY,), None)
    assert reason(verdict) is Reason.UNSIGNED


def test_a_signature_for_another_machine_is_wrong_here() -> None:
    unsigned = command(GOOD["charge"])
    signature = sign(KEY, command_bytes("K02", "kiosk/v1/K02/cmd/charge", unsigned))
    verdict = admit("K01", "charge", replace(unsigned, sig=signature), came("charge"), (KEY,), None)
    assert reason(verdict) is Reason.WRONG_SIGNATURE


def test_without_a_key_a_signature_is_not_looked_at() -> None:
    assert isinstance(admit("K01", "ping", command({}, sig="0" * 64), came("ping"), (), None), Admitted)


def test_on_the_spot_the_kernel_says_who_it_is() -> None:
    found = admit_locally("enable", "l-1", {"slot": 3, "who": "root"}, "budi (1000)")
    assert isinstance(found, Admitted)
    assert found.args == commands.Enable(slot=3, who="budi (1000)")
    assert found.exp is None


@pytest.mark.parametrize("name", GOOD)
def test_on_the_spot_the_same_arguments_hold(name: str) -> None:
    found = admit_locally(name, "l-1", GOOD[name], "Budi")
    assert isinstance(found, Admitted)
    assert type(found.args) is COMMANDS[name].args


def test_an_output_is_tried_on_the_spot_only() -> None:
    found = admit_locally("test_output", "l-1", {"output": "spiral1"}, "budi (1000)")
    assert isinstance(found, Admitted)
    assert found.args == commands.TestOutput(output="spiral1", who="budi (1000)")
    assert LOCAL.keys() - COMMANDS.keys() == {"test_output"}


def test_on_the_spot_nonsense_is_refused_too() -> None:
    for name, args, expected in (
        ("release", {}, Reason.UNKNOWN_COMMAND),
        ("enable", {"slot": -1}, Reason.BAD_VALUE),
        ("ping", {"who": "me"}, Reason.UNKNOWN_FIELD),
        ("test_output", {"output": "../x"}, Reason.BAD_VALUE),
    ):
        assert reason(admit_locally(name, "l-1", args, "budi (1000)")) is expected


@given(MUTATED)
def test_a_mutated_command_is_admitted_whole_or_refused(mutated: tuple[str, bytes]) -> None:
    topic, payload = mutated
    found = decode(Command, payload)
    if isinstance(found, Refusal):
        return
    name = topic.rpartition("/")[2]
    verdict = admit("K01", name, found, came(name), (), None)
    if isinstance(verdict, Admitted):
        assert found.args.keys() <= set(COMMANDS[name].args.__struct_encode_fields__)
        assert verdict.exp is not None
        assert NOW <= verdict.exp <= NOW + TEN_MINUTES
    else:
        assert isinstance(verdict, Refusal)
        assert verdict.words.isprintable()


@given(MUTATED)
def test_a_signature_fits_no_command_that_it_was_not_made_for(mutated: tuple[str, bytes]) -> None:
    name = "charge"
    honest = command(GOOD[name])
    signature = sign(KEY, command_bytes("K01", came(name).topic, honest))
    found = decode(Command, mutated[1])
    if isinstance(found, Refusal):
        return
    verdict = admit("K01", name, replace(found, sig=signature), came(name), (KEY,), None)
    assert reason(verdict) is Reason.WRONG_SIGNATURE
