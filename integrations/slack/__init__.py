"""Slack out: the connection that brings commands in, and the one sender of messages."""
