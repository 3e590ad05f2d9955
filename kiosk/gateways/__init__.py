"""The payment providers, one file each; a new one is a file and a line here.

They are named by string, so that a provider's libraries are imported only where it is configured.
"""

GATEWAYS = {
    "midtrans": "kiosk.gateways.midtrans:Midtrans",
    "doku": "kiosk.gateways.doku:Doku",
    "doku_indodana": "kiosk.gateways.doku_indodana:DokuIndodana",
    "interactive": "kiosk.gateways.interactive:Interactive",
    "indodana": "kiosk.gateways.indodana:Indodana",
}
