"""What must never get out."""
