"""The pretended world: its ledger, its gateway, its box, its page."""
