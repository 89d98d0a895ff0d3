"""The application: what a backup is, when it is good, and what happens next; no wires."""
