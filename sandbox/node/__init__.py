"""A Windows Server node: files with rights, accounts, processes, a command interpreter and a Task Scheduler."""
