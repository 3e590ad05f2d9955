"""Every condition that is logged or shown, with its stable code.

A code never changes its meaning and is never used again.  `docs/codes.md` is made from this table.
K1xx gateway, K2xx hardware, K3xx orders, K4xx journal, K5xx the machine and its people, K6xx the webhook
service, K7xx the operator's side.
"""

from msgspec import Struct

ERROR, WARNING, NOTICE, INFO = 3, 4, 5, 6


class Code(Struct, frozen=True):
    """Syslog priority, what happened, what it means for the customer or the machine, and what to do."""

    priority: int
    text: str
    consequence: str
    step: str = "nothing"


CODES: dict[str, Code] = {
    "K101": Code(
        WARNING,
        "the gateway does not answer",
        "no new code is shown until it does; open orders are asked about again",
        "look at the network; `kiosk gateway NAME status` tries it by hand",
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
        "clear the cause, stop the kiosk, then `kiosk enable SLOT --who NAME`",
    ),
    "K211": Code(WARNING, "few are left in the slot", "it sells on until it is empty", "fill it"),
    "K212": Code(WARNING, "the slot is empty", "it is not sold", "fill it, then `kiosk stock SLOT COUNT`"),
    "K208": Code(NOTICE, "the part works again", "selling goes on"),
    "K301": Code(INFO, "an order was made", "the gateway is asked for a code"),
    "K302": Code(INFO, "the code is on the panel", "the customer can pay"),
    "K303": Code(INFO, "the payment is confirmed by the gateway", "the goods are owed"),
    "K304": Code(INFO, "the output is about to move", "it moves once, whatever happens"),
    "K305": Code(NOTICE, "released", "the sale is complete"),
    "K306": Code(INFO, "the code was taken away", "the gateway is asked how it ended"),
    "K307": Code(INFO, "closed unpaid", "nothing was sold, nothing was charged"),
    "K308": Code(WARNING, "the money is owed back", "the refund is under way"),
    "K309": Code(NOTICE, "refunded", "the gateway confirmed the whole sum"),
    "K310": Code(NOTICE, "paid after the code was gone", "the goods were not released, the money goes back"),
    "K311": Code(
        ERROR,
        "a person must decide",
        "nothing more happens by itself; the claim code finds the order",
        "`kiosk orders CODE` tells the story; pay out or refund, then note it",
    ),
    "K312": Code(
        ERROR,
        "the release was interrupted",
        "nobody knows whether the goods moved; nothing is done again",
        "look into the machine; `kiosk orders CODE` tells the story",
    ),
    "K313": Code(
        ERROR,
        "paid and not delivered, and the contract has no refund",
        "the operator gives the money back by hand",
        "`kiosk orders CODE`, pay out, note it",
    ),
    "K314": Code(
        WARNING,
        "too many unpaid orders in a short time",
        "no new order for up to ten minutes",
    ),
    "K315": Code(
        WARNING,
        "too many old orders wait for the gateway",
        "no new order until some are closed",
        "look at the gateway; `kiosk orders` lists them",
    ),
    "K321": Code(NOTICE, "a part was refunded", "the gateway confirmed it; the order stands as before"),
    "K322": Code(
        WARNING,
        "the refund a person asked for was not given",
        "the order stands as before",
        "read the reason in the line; ask the gateway's support",
    ),
    "K323": Code(NOTICE, "a person settled a claim", "nothing is claimed in the gateway's name"),
    "K320": Code(INFO, "summary", "this order is over"),
    "K401": Code(
        ERROR,
        "the journal is not the one this machine wrote",
        "nothing new is sold; old orders are refunded or escalated, never released",
        "put the journal back, or stop the kiosk, then `kiosk journal accept-loss --who NAME --yes`",
    ),
    "K402": Code(
        ERROR,
        "the journal cannot be written",
        "nothing is sold; outputs are off",
        "look at the disk: full, read-only, worn out?",
    ),
    "K403": Code(
        ERROR,
        "the disk is nearly full",
        "no new orders; open ones are finished",
        "make room on the disk",
    ),
    "K404": Code(
        ERROR,
        "the journal's check found damage",
        "no new orders; open ones are finished",
        "copy the journal away, restart, stop, then `kiosk journal accept-loss --who NAME --yes`",
    ),
    "K501": Code(NOTICE, "started", "the machine is ready"),
    "K502": Code(NOTICE, "stopping", "outputs are off, an open order will be closed at the next start"),
    "K503": Code(
        ERROR,
        "a thread died",
        "the process ends and is started anew; open orders go on from the journal",
        "send the lines above to the developers",
    ),
    "K504": Code(
        NOTICE,
        "taken out of service by a person",
        "nothing is sold",
        "stop the kiosk, then `kiosk enable all --who NAME`",
    ),
    "K505": Code(NOTICE, "put back into service by a person", "it sells again"),
    "K506": Code(
        WARNING,
        "a call was stuck past its deadline and was given up",
        "its late answer is dropped, the question is asked again",
        "look at name resolution and the network",
    ),
    "K507": Code(
        NOTICE,
        "orders were open when the machine stopped",
        "each is asked about, refunded or given to the operator",
    ),
    "K508": Code(ERROR, "the machine cannot start", "nothing is sold", "read the line, mend it, start again"),
    "K509": Code(NOTICE, "a person filled a slot", "so many are in it now"),
    "K510": Code(NOTICE, "a person tries an output", "it moves once without a sale; this is written down"),
    "K511": Code(NOTICE, "the staff menu was opened", "nothing is sold until it is left"),
    "K512": Code(
        WARNING,
        "a wrong PIN at the staff menu",
        "nothing is shown; after three tries in a row each must wait longer than the one before",
        "ask who tried; the right PIN, or a restart, ends the waiting",
    ),
    "K521": Code(NOTICE, "a pushed configuration is in effect", "it holds from the next order on"),
    "K522": Code(INFO, "a pushed configuration waits", "it takes effect once no order is open"),
    "K523": Code(
        WARNING,
        "a pushed configuration was refused",
        "nothing of it was taken; the one before stays in effect",
        "read `config/reported`: it names every fault",
    ),
    "K524": Code(
        NOTICE, "a pushed configuration needs a start", "it is kept; the program starts anew with it"
    ),
    "K525": Code(
        ERROR,
        "what was pushed no longer fits the machine's own file",
        "the file alone holds: its prices, its language, its limits",
        "read the fault in the line; mend the file and restart, or push another configuration",
    ),
    "K601": Code(NOTICE, "the webhook service started", "gateways are listened to, hints are passed on"),
    "K602": Code(NOTICE, "the webhook service is stopping", "what it holds is finished first"),
    "K603": Code(
        WARNING,
        "notifications were not accepted",
        "no machine hears of them; each asks its gateway by itself",
        "`forged`, `unsigned`: compare the keys with the gateway's page; the rest is mostly strangers",
    ),
    "K604": Code(
        ERROR,
        "Redis does not keep hints",
        "gateways are answered 503 and send again; machines ask by themselves",
        "look at Redis: is it running, is its memory full, may we log in?",
    ),
    "K605": Code(NOTICE, "Redis keeps hints again", "machines hear at once again"),
    "K606": Code(
        ERROR,
        "the broker takes no hints",
        "they wait in Redis; machines ask by themselves",
        "read the reason in the line; look at the broker",
    ),
    "K607": Code(NOTICE, "the broker takes hints again", "what waited is passed on"),
    "K608": Code(
        WARNING,
        "hints were too old to be of use",
        "they were dropped; the machines have long asked by themselves",
        "look since when the forwarder or the broker was down",
    ),
    "K609": Code(
        ERROR,
        "a hint could not be passed on",
        "it was set aside; the machine asks by itself",
        "`redis-cli xrange 'kiosk:hints:{0}:aside' - +`, then tell the developers",
    ),
    "K610": Code(INFO, "what the webhook service did so far", "counted since its start"),
    "K611": Code(
        WARNING,
        "notifications of a gateway are taken without proof",
        "anybody can make machines ask; nothing is released by it",
        "give its table the gateway's keys",
    ),
    "K612": Code(
        ERROR,
        "the webhook service cannot start",
        "no machine hears a hint",
        "read the line, mend it, start again",
    ),
    "K613": Code(
        WARNING,
        "an error in the webhook service that nobody expected",
        "the gateway is answered 503 and sends again",
        "send the line to the developers",
    ),
    "K701": Code(NOTICE, "the broker is there", "the operator is told what waited, and can ask"),
    "K702": Code(
        WARNING,
        "no connection to the broker",
        "it sells on; what happens is told later, nobody can ask from afar",
        "read the reason in the line; look at the network and at [mqtt]",
    ),
    "K703": Code(
        ERROR,
        "another machine seems to use this kiosk's id",
        "the two throw each other off the broker; it sells on",
        "give every machine its own `kiosk`, and its own password at the broker",
    ),
    "K704": Code(
        ERROR,
        "the broker does not let this kiosk listen",
        "commands and configurations do not arrive",
        "compare the broker's access list with kiosks.acl",
    ),
    "K705": Code(
        WARNING,
        "a message was too large and was thrown away unread",
        "nothing was done",
        "find out who sends it; let the broker limit what it takes",
    ),
    "K706": Code(
        WARNING,
        "a message was refused",
        "nothing was done; whoever sent a command is told why",
        "read the reason in the line; docs/mqtt.md lists them",
    ),
}
