"""The webhook service: what a gateway pushes to a public address rings the right machine's bell.

A notification goes through three hands.  The *receiver* judges it and finds the machine in the order id; the
*stream* in Redis keeps it, and only then is the gateway answered 2xx; the *forwarder* publishes it to the
broker as a hint, and only once the broker has it does the stream let go.  Whatever dies in between, what was
answered 2xx reaches the broker at least once.  It stays a hint: it makes a machine ask its gateway.

Any number of receivers and forwarders share nothing but Redis and the broker.  `docs/webhooks.md` is for
operators.
"""
