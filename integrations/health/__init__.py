"""Health and metrics for the machine's own watchers, on loopback only."""
