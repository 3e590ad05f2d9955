"""The PIN of the staff menu: what is stored of it, and that only the right one opens."""

import hashlib

import pytest

from kiosk import pin

SALT = bytes(range(16))


@pytest.mark.parametrize("text", ["1234", "00000000", "98765"])
def test_the_right_pin_opens_and_another_does_not(text: str) -> None:
    stored = pin.hashed(text, SALT)
    assert pin.verifies(text, stored)
    assert not pin.verifies(str(int(text) + 1).zfill(len(text)), stored)
    assert not pin.verifies(text + "0", stored)


def test_what_is_stored_says_how_it_was_made_and_not_the_pin() -> None:
    expected = hashlib.scrypt(b"2468", salt=SALT, n=16384, r=8, p=1, dklen=32).hex()
    assert pin.hashed("2468", SALT) == f"scrypt$16384$8$1${SALT.hex()}${expected}"


def test_two_machines_with_one_pin_store_different_things() -> None:
    assert pin.hashed("2468", SALT) != pin.hashed("2468", SALT[::-1])


def test_a_pin_stored_at_another_cost_opens_as_well() -> None:
    digest = hashlib.scrypt(b"2468", salt=SALT, n=1024, r=8, p=2, dklen=32).hex()
    assert pin.verifies("2468", f"scrypt$1024$8$2${SALT.hex()}${digest}")


@pytest.mark.parametrize(
    "text", ["", "123", "123456789", "12a4", "12 4", "-123", "1234\n", "١٢٣٤", "\uff11\uff12\uff13\uff14"]
)
def test_what_is_no_pin_is_neither_stored_nor_verified(text: str) -> None:
    with pytest.raises(ValueError, match="4 to 8 digits"):
        pin.hashed(text, SALT)
    assert not pin.verifies(text, pin.hashed("1234", SALT))


SOUND = f"scrypt$1024$8$1${'00' * 16}${'00' * 32}"


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "1234",
        SOUND.replace("scrypt", "plain"),
        SOUND.replace("$1024$", "$1000$"),
        SOUND.replace("$1024$", "$0$"),
        SOUND.replace("$1024$", "$1$"),
        SOUND.replace("$1024$", "$1048576$"),
        SOUND.replace("$8$", "$0$"),
        SOUND.replace("$8$1$", "$8$0$"),
        SOUND.replace("$8$1$", "$8$99$"),
        SOUND.removesuffix("00"),
        SOUND.upper(),
        SOUND + "\n",
        SOUND.replace("00", "zz"),
    ],
)
def test_what_is_no_stored_pin_opens_nothing_and_costs_nothing(stored: str) -> None:
    assert not pin.is_stored(stored)
    assert not pin.verifies("1234", stored)


def test_a_stored_pin_is_known_as_one() -> None:
    assert pin.is_stored(SOUND)
    assert pin.is_stored(pin.hashed("1234", SALT))
