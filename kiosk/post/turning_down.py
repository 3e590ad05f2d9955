"""A desired configuration that nobody looks through, for it cannot be read or nobody vouches for it."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from kiosk.leaves import nearest
from kiosk.mqtt.messages import Desired
from kiosk.mqtt.reports import Fault
from kiosk.refusals import WORDS, Reason, Refusal

_OUTER: Final = "beside v, version and sig there is only the document, which holds all settings"
_ADVICE: Final[Mapping[Reason, str]] = {
    Reason.OVERSIZED: "send only what is to differ from the machine's own file",
    Reason.BAD_UTF8: "save it as UTF-8",
    Reason.BAD_JSON: "publish one JSON object; python3 -m json.tool shows where it breaks",
    Reason.TOO_DEEP: "no setting stands that deep; look for a bracket too many",
    Reason.DUPLICATE_KEY: "keep one of them",
    Reason.BAD_NUMBER: "write whole numbers without a point, 25 for 25.0",
    Reason.MISSING_FIELD: "send version and document",
    Reason.UNKNOWN_FIELD: _OUTER,
    Reason.BAD_VALUE: "version is a whole number from 1, document an object, sig 64 hexadecimal digits",
    Reason.BAD_VERSION: "leave v out, or send 1",
    Reason.UNSIGNED: "sign it with the machine's command key",
    Reason.WRONG_SIGNATURE: "sign it for this machine and this topic, with the machine's command key",
}


class TurnedDown(NamedTuple):
    """What is told of it; 0 and "" where it could not be read."""

    version: int
    hash: str
    refusal: Refusal

    @property
    def fault(self) -> Fault:
        """What is wrong, where in the document, and what to do."""
        reason, path = self.refusal.reason, self.refusal.path
        detail = self.refusal.detail.removeprefix(path).removeprefix(": ")
        return Fault(
            path=path.removeprefix("document."),
            reason=reason.value,
            words=": ".join(filter(None, (WORDS[reason], detail))),
            advice=_advice(reason, path),
        )


def unread(refusal: Refusal) -> TurnedDown:
    """One that could not be read, with its version where that could be."""
    return TurnedDown(refusal.version, "", refusal)


def _advice(reason: Reason, path: str) -> str:
    meant = nearest(path, Desired.__struct_fields__) if reason is Reason.UNKNOWN_FIELD else ""
    return meant or _ADVICE.get(reason, "")
