"""The operator's side, from the bytes of a message to a real broker."""
