"""A kiosk that sells: it knows payments, and nothing of pins."""

__version__ = "0.1.0"
