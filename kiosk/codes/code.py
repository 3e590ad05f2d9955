"""What a code is: one condition, said to a technician."""

from msgspec import Struct

ERROR, WARNING, NOTICE, INFO = 3, 4, 5, 6


class Code(Struct, frozen=True):
    """Syslog priority, what happened, what it means for the customer or the machine, and what to do."""

    priority: int
    text: str
    consequence: str
    step: str = "nothing"
