"""A payment world on loopback, around the real daemon."""
