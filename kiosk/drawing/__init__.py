"""A screen and a panel's size become a picture."""
