"""What can be wrong with a part, in words that name the device and the wire.

HardwareError
├── DeviceMissing    it is not there: nothing plugged in, no permission, already claimed
└── DeviceFailed     it was there and stopped answering
"""


class HardwareError(Exception):
    """Something about a part; its text is which device, which wire, what to do."""


class DeviceMissing(HardwareError, FileNotFoundError):
    """The part cannot be opened."""


class DeviceFailed(HardwareError, OSError):
    """The part was opened and does not answer as it should."""
