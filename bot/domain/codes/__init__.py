"""What codes, writers and events mean, as tables for `explain` and for the verdict."""
