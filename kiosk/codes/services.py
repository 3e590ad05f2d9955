"""The codes of the webhook service and of the operator's broker."""

from kiosk.codes.code import ERROR, INFO, NOTICE, WARNING, Code

SERVICES: dict[str, Code] = {
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
        "Redis does not do as it should",
        "gateways are answered 503 and send again; machines ask by themselves",
        "look at Redis: is it running, is its memory full, may we log in?",
    ),
    "K605": Code(NOTICE, "Redis does as it should again", "machines hear at once again"),
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
        "give its table the gateway's keys; InterActive has none, so keep its addresses to yourself",
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
        "the gateway is answered 503 and sends again; a service that ends by it is started anew",
        "send the line to the developers",
    ),
    "K614": Code(
        WARNING,
        "a part of the Redis cluster keeps no hints",
        "another part keeps them; nothing is lost",
        "look at its masters and their replicas: `redis-cli cluster nodes`",
    ),
    "K615": Code(
        WARNING,
        "Redis is set up so that it can lose hints",
        "what a gateway was told is kept may be gone; the machine then asks by itself",
        "see docs/webhooks.md for its settings: appendonly, appendfsync, maxmemory-policy",
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
