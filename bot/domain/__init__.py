"""Pure decisions: no clock, no log, no network; time is an argument."""
