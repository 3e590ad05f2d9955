"""EMVCo strings made to measure."""

from kiosk.qris import crc

GOOD = {
    "00": "01",
    "01": "12",
    "26": "0017ID.CO.EXAMPLE.WWW0118936000000000000000",
    "51": "0014ID.CO.QRIS.WWW0215ID10200000000010303UMI",
    "52": "5812",
    "53": "360",
    "54": "12000",
    "58": "ID",
    "59": "KOPI KITA",
    "60": "JAKARTA",
    "62": "0703K01",
}
"""The objects of a code that is right in everything, without the checksum."""


def objects(tags: dict[str, str]) -> str:
    """The objects in their order, lengths counted in characters."""
    return "".join(f"{tag}{len(value):02d}{value}" for tag, value in tags.items())


def code(tags: dict[str, str]) -> str:
    """A string with those objects and the checksum that belongs to it."""
    begun = objects(tags) + "6304"
    return begun + crc(begun)


def changed(**tags: str | None) -> str:
    """The good code with some objects (`t54="1"`) changed, added, or with None left out."""
    wanted = {**GOOD, **{tag.removeprefix("t"): value for tag, value in tags.items()}}
    return code({tag: value for tag, value in wanted.items() if value is not None})
