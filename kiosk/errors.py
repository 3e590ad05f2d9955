"""Everything that can go wrong and that a caller may tell apart.

KioskError
├── ConfigError            the file is wrong: says every place, and the nearest valid key
├── JournalError           we cannot remember: the daemon stops rather than act unrecorded
│   ├── JournalMissing     neither journal nor epoch marker: the machine was never set up
│   ├── JournalLocked      another process writes it
│   └── JournalBroken      unreadable: it was set aside
├── CodeError              the code a gateway sent must not be shown
├── PictureError           the picture does not fit the panel
├── MissingPart            an optional package is needed: says which extra brings it
└── GatewayError           .gateway .operation; its kind says what may be concluded about the money
    ├── Unreachable        nothing is known: ask again
    ├── Unreadable         it answered, we cannot tell what: nothing is known, ask again
    ├── Refused            it said no, for good: .code .reason
    ├── Unsupported        this provider has no such operation, or the contract has not
    └── Misconfigured      it will go on saying no until a person mends the configuration
"""


class KioskError(Exception):
    """Anything this program can say about itself; its text is what, where and what to do."""


class ConfigError(KioskError, ValueError):
    """The configuration is wrong; `problems` holds every one of them, a line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class JournalError(KioskError, OSError):
    """We cannot remember, so we must not act."""


class JournalMissing(JournalError):
    """There is neither a journal nor its epoch marker; says which command makes them."""


class JournalLocked(JournalError):
    """Another process writes this journal."""


class JournalBroken(JournalError):
    """The file cannot be read as a journal; says where it was set aside."""


class CodeError(KioskError, ValueError):
    """A code that must not be shown, and why."""


class PictureError(KioskError, ValueError):
    """The picture cannot be drawn on a panel of this size."""


class MissingPart(KioskError, ImportError):
    """An optional package is not installed; says the extra that brings it."""


class GatewayError(KioskError):
    """A call to a payment provider that brought no result; never carries a secret, a URL or a body."""

    def __init__(self, gateway: str, operation: str, reason: str, code: str = "") -> None:
        super().__init__(f"{gateway} {operation}: {reason}" + (f" ({code})" if code else ""))
        self.gateway = gateway
        self.operation = operation
        self.reason = reason
        self.code = code


class Unreachable(GatewayError, ConnectionError):
    """No answer that says anything, a 5xx and "later" among them: nothing is known, ask again."""


class Unreadable(GatewayError, ValueError):
    """An answer that says nothing we can use: nothing is known, ask again."""


class Refused(GatewayError):
    """A final no to this very request, with the provider's own code."""


class Unsupported(GatewayError, NotImplementedError):
    """The provider has no such operation, or the operator's contract has not."""


class Misconfigured(GatewayError):
    """Wrong key, wrong environment, merchant not enabled: no until a person mends it."""
