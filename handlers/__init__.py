"""Slack in: commands, buttons and errors, and what is said back as Block Kit."""
