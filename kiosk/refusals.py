"""Why something was not done, for everybody who asks the machine for anything: a stable reason and its words.

A reason never changes its meaning, programs compare it.  The table of `docs/mqtt.md` is made from this one.
"""

from enum import StrEnum

from msgspec import Struct


class Reason(StrEnum):
    """A stable name of what is wrong; `WORDS` says it to people."""

    EMPTY = "empty"
    OVERSIZED = "oversized"
    BAD_UTF8 = "bad_utf8"
    BAD_JSON = "bad_json"
    TOO_DEEP = "too_deep"
    DUPLICATE_KEY = "duplicate_key"
    BAD_NUMBER = "bad_number"
    MISSING_FIELD = "missing_field"
    UNKNOWN_FIELD = "unknown_field"
    BAD_VALUE = "bad_value"
    BAD_VERSION = "bad_version"
    BAD_TOPIC = "bad_topic"
    TOO_MANY = "too_many"

    NOT_ALLOWED = "not_allowed"
    RETAINED = "retained"
    UNKNOWN_COMMAND = "unknown_command"
    UNSIGNED = "unsigned"
    WRONG_SIGNATURE = "wrong_signature"
    ID_USED = "id_used"
    EXPIRED = "expired"
    TOO_FAR_AHEAD = "too_far_ahead"
    CLOCK_NOT_SET = "clock_not_set"

    BUSY = "busy"
    OUT_OF_SERVICE = "out_of_service"
    SLOT_NEEDED = "slot_needed"
    NO_SUCH_SLOT = "no_such_slot"
    SLOT_STOPPED = "slot_stopped"
    SOLD_OUT = "sold_out"
    NO_STOCK_COUNTED = "no_stock_counted"
    AMOUNT_NEEDED = "amount_needed"
    AMOUNT_NOT_ACCEPTED = "amount_not_accepted"
    REFERENCE_USED = "reference_used"
    NO_SUCH_ORDER = "no_such_order"
    ORDER_OVER = "order_over"
    NOT_PAID = "not_paid"
    NOT_ESCALATED = "not_escalated"
    NO_REFUNDS = "no_refunds"
    REFUND_UNDER_WAY = "refund_under_way"
    ABOVE_PAID = "above_paid"
    GOODWILL_NEEDED = "goodwill_needed"
    CAP_REACHED = "cap_reached"
    NO_SUCH_PART = "no_such_part"
    WOULD_NOT_START = "would_not_start"

    LOWER_VERSION = "lower_version"
    VERSION_USED = "version_used"
    NOT_VALID = "not_valid"
    LOCAL_ONLY = "local_only"
    ABOVE_LOCAL_LIMIT = "above_local_limit"
    CANNOT_START = "cannot_start"


WORDS: dict[Reason, str] = {
    Reason.EMPTY: "the message is empty, as when a retained one is deleted",
    Reason.OVERSIZED: "the message is larger than this machine reads",
    Reason.BAD_UTF8: "the message is no text in UTF-8",
    Reason.BAD_JSON: "the message is no JSON object",
    Reason.TOO_DEEP: "the message nests too deep",
    Reason.DUPLICATE_KEY: "a field stands in the message twice",
    Reason.BAD_NUMBER: "a number is not whole, not finite or beyond 2^53",
    Reason.MISSING_FIELD: "a field is missing",
    Reason.UNKNOWN_FIELD: "there is no such field",
    Reason.BAD_VALUE: "a field is of another kind or out of its bounds",
    Reason.BAD_VERSION: "this machine reads version 1 of the messages",
    Reason.BAD_TOPIC: "nothing is read on such a topic",
    Reason.TOO_MANY: "too many messages in a short time; slow down and send it again",
    Reason.NOT_ALLOWED: "on the spot only root, the kiosk's own user and its group may ask; try it with sudo",
    Reason.RETAINED: "a command is never retained; send it again without the flag",
    Reason.UNKNOWN_COMMAND: "there is no such command",
    Reason.UNSIGNED: "this machine takes signed messages only",
    Reason.WRONG_SIGNATURE: "the signature is not of this message, for this machine, with its key",
    Reason.ID_USED: "the id stands for another command already; take a new one",
    Reason.EXPIRED: "the command came after its time; send a new one if it is still meant",
    Reason.TOO_FAR_AHEAD: "exp is more than ten minutes ahead; compare the clocks",
    Reason.CLOCK_NOT_SET: "the machine's clock is not set, so it cannot tell whether the command is stale",
    Reason.BUSY: "somebody stands at the panel, or an order is open; nothing is queued",
    Reason.OUT_OF_SERVICE: "nothing is sold now; the code says why",
    Reason.SLOT_NEEDED: "there are several slots; say which",
    Reason.NO_SUCH_SLOT: "there is no such slot",
    Reason.SLOT_STOPPED: "the slot is out of service",
    Reason.SOLD_OUT: "the slot is empty",
    Reason.NO_STOCK_COUNTED: "the slot does not count its stock",
    Reason.AMOUNT_NEEDED: "the price is free here; say the amount",
    Reason.AMOUNT_NOT_ACCEPTED: "the amount is outside of what this machine or its gateway takes",
    Reason.REFERENCE_USED: "the reference stands for another charge already; take a new one",
    Reason.NO_SUCH_ORDER: "there is no such order",
    Reason.ORDER_OVER: "the order has ended already",
    Reason.NOT_PAID: "the gateway has not said that the order is paid",
    Reason.NOT_ESCALATED: "the order does not wait for a person's decision",
    Reason.NO_REFUNDS: "the gateway or the contract has no such refund",
    Reason.REFUND_UNDER_WAY: "a refund of this order is under way already",
    Reason.ABOVE_PAID: "the refunds together would be more than was paid",
    Reason.GOODWILL_NEEDED: "the goods were released; a refund of goodwill must say so",
    Reason.CAP_REACHED: "there were too many of these today",
    Reason.NO_SUCH_PART: "this machine has no such part",
    Reason.WOULD_NOT_START: "the program would not start again, so it goes on; `kiosk check` on the machine",
    Reason.LOWER_VERSION: "a higher version is known already",
    Reason.VERSION_USED: "this version stands for another document already; take a higher one",
    Reason.NOT_VALID: "the configuration has errors; nothing of it was taken",
    Reason.LOCAL_ONLY: "this is set on the machine itself and cannot be pushed",
    Reason.ABOVE_LOCAL_LIMIT: "a limit can be narrowed from afar, never widened",
    Reason.CANNOT_START: "the machine could not start with it; nothing of it was taken",
}


class Refusal(Struct, frozen=True):
    """A no; `detail` says which field, in at most 160 printable characters, and never repeats a value.

    `id` is that of the command, `version` that of the configuration, where it could be read; `path` is where
    in the message it is, as `slots[2].price`, empty where it is about the whole.
    """

    reason: Reason
    detail: str = ""
    id: str = ""
    path: str = ""
    version: int = 0

    @property
    def words(self) -> str:
        """The reason as a sentence."""
        return WORDS[self.reason] + (f": {self.detail}" if self.detail else "")
