"""The pure core: what it decides, held against the invariants."""
