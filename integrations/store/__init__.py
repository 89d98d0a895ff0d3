"""The bot's own store: runs, outgoing messages and the audit in SQLite or PostgreSQL."""
