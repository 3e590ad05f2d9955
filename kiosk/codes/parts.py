"""The codes of gateways and of what is plugged in."""

from kiosk.codes.code import ERROR, INFO, NOTICE, WARNING, Code

PARTS: dict[str, Code] = {
    "K101": Code(
        WARNING,
        "the gateway does not answer",
        "no new code is shown until it does; open orders are asked about again",
        "look at the network; `kiosk gateway NAME status ORDER` tries it by hand",
    ),
    "K102": Code(
        WARNING,
        "the gateway gave no code",
        "nothing was sold, the customer may try again",
        "read the reason in the line; ask the gateway's support if it stays",
    ),
    "K103": Code(
        ERROR,
        "the gateway sent a code that must not be shown",
        "nothing was shown, the charge is being cancelled",
        "compare the reason with the gateway's settings (amount, tip, NMID)",
    ),
    "K104": Code(
        ERROR,
        "the clock is not set",
        "nothing is sold where the gateway signs the time",
        "look at the network and at `timedatectl`",
    ),
    "K105": Code(
        ERROR,
        "the gateway does not accept our key or merchant",
        "nothing is sold until it does",
        "set the key anew with `kiosk secret set`; check the environment and the contract",
    ),
    "K106": Code(NOTICE, "the gateway answers again", "selling goes on"),
    "K107": Code(
        ERROR,
        "an answer spoke of another order, amount or merchant",
        "it is not believed; the order is asked about again",
        "tell the gateway's support if it stays",
    ),
    "K108": Code(INFO, "a question to the gateway brought nothing", "it is asked again"),
    "K109": Code(
        NOTICE, "the next gateway is tried", "the customer waits a little longer; one code at most is shown"
    ),
    "K201": Code(
        ERROR,
        "the panel does not work",
        "no code is offered; an open order is being closed",
        "check the panel's wires, then `kiosk check`",
    ),
    "K202": Code(
        ERROR,
        "the output does not work",
        "nothing is sold; a paid order is refunded or given to the operator",
        "check the relay's wires and its pin",
    ),
    "K203": Code(
        WARNING,
        "the machine is inhibited",
        "nothing is sold while the dispenser says no",
        "look at the dispenser",
    ),
    "K204": Code(WARNING, "the door is open", "nothing is sold while it is open", "close the door"),
    "K205": Code(NOTICE, "no car on the loop", "nothing is sold without a car"),
    "K206": Code(
        WARNING,
        "the keypad does not work as it should",
        "the key is ignored",
        "look for a stuck key or a loose wire",
    ),
    "K207": Code(
        ERROR,
        "the slot was stopped",
        "it is not sold until a person puts it back into service",
        "clear the cause, then `kiosk enable SLOT --who NAME`",
    ),
    "K211": Code(WARNING, "few are left in the slot", "it sells on until it is empty", "fill it"),
    "K212": Code(
        WARNING, "the slot is empty", "it is not sold", "fill it, then `kiosk stock SLOT COUNT --who NAME`"
    ),
    "K213": Code(
        WARNING,
        "the drop sensor sees something though nothing falls",
        "nothing is sold, for nobody would know whether goods fell",
        "look for goods or dirt in its beam and for a loose wire; `kiosk test inputs` says what it sees",
    ),
    "K214": Code(NOTICE, "the buzzer cannot be heard", "it sells on in silence", "check its wire and pin"),
    "K215": Code(
        WARNING,
        "an output failed when a person tried it",
        "nothing was sold by it; it sells on, and a paid order that fails so goes to a person",
        "read the reason in the line; check the relay's wires and its pin",
    ),
    "K208": Code(NOTICE, "the part works again", "selling goes on"),
}
