"""The wires out: each folder speaks to one thing outside and implements ports of the bot."""
