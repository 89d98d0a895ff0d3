"""Runs backups durably, one at a time per cluster; the only place that knows DBOS."""
