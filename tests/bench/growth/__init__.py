"""How cost grows: one thing at a time becomes more, and all that are laden with it take turns."""
