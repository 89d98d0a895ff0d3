"""The exit codes of every command, listed once."""

from __future__ import annotations

from enum import IntEnum

from bot.domain.backup import Stage


class Exit(IntEnum):
    """What a command's exit code means."""

    OK = 0  # done; for `backup`: VERIFIED
    USAGE = 2  # a word on the command line was not understood
    CONFIG = 3  # the configuration cannot be used
    BUSY = 4  # the store or the engine is not available
    CHECK = 5  # `check` or `health` found something wrong
    FAILED = 10  # the backup failed: there is no array snapshot
    INCOMPLETE = 11  # an array snapshot exists, do not rely on it
    UNVERIFIED = 12  # a witness could not be asked yet
    UNKNOWN = 13  # contact was lost, or the command stopped watching
    CANCELLED = 14  # stopped at the gate

    @classmethod
    def of(cls, stage: Stage) -> Exit:
        """Return the code of a run's stage."""
        return {
            Stage.VERIFIED: cls.OK,
            Stage.FAILED: cls.FAILED,
            Stage.INCOMPLETE: cls.INCOMPLETE,
            Stage.UNVERIFIED: cls.UNVERIFIED,
            Stage.CANCELLED: cls.CANCELLED,
        }.get(stage, cls.UNKNOWN)
