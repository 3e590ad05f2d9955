"""A kiosk that sells: it knows payments, and nothing of pins.

To follow one payment, read `till`, then `order`, then `daemon`; `assembly` shows what all of them are given.

The words
    model events effects states     what a sale is made of, what happens, what is asked for, an order's states
    screens staff_screens           what can be shown
    settings pushed trains          what is sold within which limits, what was pushed, sales by the pulse
    commands refusals roles         what may be asked, why it is not done, what an input is for
    errors secret codes             what goes wrong, what must not be seen, every condition's code

The decisions: values in, values out, no clock and no thread
    till order                      the whole machine as one value; one order's life
    session staff view telling      the person at the panel, the staff menu, what is shown and told
    readiness shelf                 whether anything may be sold; what is remembered of a slot
    reopening admission qris        how a start goes on, which commands are let in, which codes are shown

What carries them out
    assembly daemon                 everything plugged together; the one thread that decides
    performing calls lanes          what was decided is done, and what is slow is done elsewhere
    watching senses parts tunes     releases under a sensor's eye, inputs, the machine's parts, its sounds
    clerk searching upkeep minting  what a decision needs to know first, the journal's care, ids and codes
    journal                         what the machine remembers
    gateways                        the payment providers, a file each
    drawing fitting                 a screen as a picture; whether the panel can show what it must

Who asks and is told
    sides                           both of these, for the thread that decides
    post mqtt pushing               the operator's side: what comes and goes, the broker, what is pushed
    control bell                    the socket for somebody on the spot; what wakes who waits for sockets
    logs notify network             journald, systemd, addresses
    nesting                         how deep a text of a stranger is nested, before it is parsed

The configuration
    config document                 a file becomes a configuration, or every problem in it with its place
    tables leaves drafting          TOML tables, single values, and parts by their driver's own settings
    configuration rules plugs       what it becomes, and what must fit together in it
    cautions credentials keyring pin    what its owner should know, and its secrets

Beside the machine
    cli doctor                      the command line; a technician's page
    operator webhooks               the other side of MQTT; the service on a server that rings the machine
    spreadsheets                    texts that a spreadsheet must not run
    simulator                       a whole payment world on loopback
"""

__version__ = "0.1.0"
