"""The codes of what only a look finds: `kiosk doctor` says them, the running machine does not know."""

from kiosk.codes.code import ERROR, NOTICE, WARNING, Code

LOOKS: dict[str, Code] = {
    "K801": Code(
        ERROR,
        "the system does not keep the kiosk running",
        "nothing is sold now, or nothing after the next power cut",
        "`systemctl status qris-kiosk` says why",
    ),
    "K802": Code(
        WARNING,
        "nobody confirms the clock",
        "gateways refuse what is signed at a wrong time",
        "look at the network; `timedatectl` says more",
    ),
    "K803": Code(
        WARNING,
        "the supply gives too little voltage, or did since the start",
        "the Pi slows down, and may stop in mid-release",
        "use the Pi's own supply and a short thick cable; give relays and motors a supply of their own",
    ),
    "K804": Code(
        WARNING,
        "the processor is too hot",
        "it slows down to save itself",
        "let air in; keep it from the sun",
    ),
    "K805": Code(
        WARNING,
        "the disk is slow to keep what is written",
        "every step of an order waits for it",
        "copy the card while it can be read, and put in an industrial one",
    ),
    "K806": Code(
        WARNING,
        "the disk says that it keeps data faster than such a disk can",
        "after a power cut the last steps may be gone, paid orders among them",
        "put in another card, from a maker that states power-loss protection",
    ),
    "K807": Code(
        WARNING,
        "the card is worn, damaged or not what it says",
        "it may lose the journal or stop taking it",
        "copy it while it can be read, and put in an industrial one",
    ),
    "K808": Code(
        ERROR,
        "the journal lies where a power cut takes it",
        "paid orders are forgotten when the power goes",
        "put `state` and `marker` on a disk: with an overlay root, on a partition of their own",
    ),
    "K809": Code(
        WARNING,
        "the running kiosk is of another version than this program",
        "it works on; what was installed holds from the next start",
        "`kiosk restart`",
    ),
    "K810": Code(
        WARNING,
        "a look came to no end",
        "nothing is known of that part",
        "try again; if it stays, look at that part first",
    ),
    "K811": Code(
        WARNING,
        "the kiosk reported faults within a day",
        "each line says what followed",
        "`journalctl -u qris-kiosk` tells the whole story, docs/codes.md what the codes mean",
    ),
    "K812": Code(
        NOTICE,
        "something in the configuration may surprise",
        "it sells on as it is configured",
        "read the line; `kiosk check` lists them all",
    ),
    "K813": Code(
        WARNING, "this could not be looked at", "nothing is known of it", "try it with sudo, on the Pi itself"
    ),
}
