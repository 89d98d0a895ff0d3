"""A node: its accounts, files, programs, processes and tasks."""
