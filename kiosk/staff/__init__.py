"""The staff menu on the panel, without a laptop.

A page knows nothing of the journal or the outputs.  A key leads to another page, or becomes a wish that the
till grants.  Nobody comes past the first page without the PIN, and a try is counted before it is looked at.
"""

from kiosk.staff.pages import Page, Staff, Wish

__all__ = ["Page", "Staff", "Wish"]
