"""What the application does: take a wish, run it, prove it, find it again, tell people."""
