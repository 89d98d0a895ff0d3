"""xs:duration as WS-Management writes it: PT20S, PT7200.000S, P0DT0H0M0S."""

from __future__ import annotations

import re

_DURATION = re.compile(
    r"P(?:(?P<d>\d+)D)?(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+(?:\.\d+)?)S)?)?", re.ASCII
)


def parse_duration(text: str) -> float:
    """Return the seconds of a day-time duration. Raises ValueError for anything else."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        raise ValueError(f"not a duration: {text!r}")
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return days * 86400 + hours * 3600 + minutes * 60 + seconds


def elapsed(seconds: float) -> str:
    """Write a running time the way rsp:ShellRunTime is recorded, in whole seconds."""
    minutes, s = divmod(int(seconds), 60)
    hours, m = divmod(minutes, 60)
    d, h = divmod(hours, 24)
    return f"P{d}DT{h}H{m}M{s}S"


def timeout(seconds: float) -> str:
    """Write a time limit the way rsp:IdleTimeOut is recorded, in milliseconds."""
    return f"PT{seconds:.3f}S"
