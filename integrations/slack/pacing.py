"""How fast we may speak: Slack's limits as buckets, all times in seconds of one monotonic clock."""

from __future__ import annotations

from dataclasses import dataclass

EDITS_PER_MINUTE = 42.0  # plus EDITS_AT_ONCE: about 50 in any one minute (chat.update is tier 3, 50+)
EDITS_AT_ONCE = 10.0
KEPT_FOR_FINALS = 2.0
POSTS_PER_SECOND = 1.0  # per channel (chat.postMessage), short bursts are tolerated
POSTS_AT_ONCE = 4.0
EDIT_GAP_S = 1.2  # between two edits of one message
_A_MOMENT_S = 1e-6  # below it a wait is a rounding error, which would never pass


@dataclass
class Bucket:
    """Tokens that come back with time."""

    capacity: float
    per_second: float
    tokens: float
    at: float = 0.0

    def wait(self, now: float, keep: float = 0.0) -> float:
        """Return how long until one token may be spent with `keep` left."""
        self._fill(now)
        return max(0.0, (1.0 + keep - self.tokens) / self.per_second)

    def spend(self, now: float) -> None:
        """Take one token."""
        self._fill(now)
        self.tokens -= 1.0

    def _fill(self, now: float) -> None:
        self.tokens = min(self.capacity, self.tokens + max(0.0, now - self.at) * self.per_second)
        self.at = max(self.at, now)


class Pace:
    """Decides when a message may be posted or edited."""

    def __init__(self) -> None:
        self._edits = Bucket(EDITS_AT_ONCE, EDITS_PER_MINUTE / 60.0, EDITS_AT_ONCE)
        self._posts: dict[str, Bucket] = {}
        self._spoke: dict[str, float] = {}
        self._paused = {True: 0.0, False: 0.0}

    def wait(self, key: str, channel: str, *, edit: bool, important: bool, now: float) -> float:
        """Return how long this message has to wait, 0 for not at all; `important` may use what is kept for finals."""
        waits = [self._paused[edit] - now]
        if edit:
            waits.append(self._spoke.get(key, now - EDIT_GAP_S) + EDIT_GAP_S - now)
            waits.append(self._edits.wait(now, 0.0 if important else KEPT_FOR_FINALS))
        else:
            waits.append(self._channel(channel, now).wait(now))
        longest = max(waits)
        return longest if longest > _A_MOMENT_S else 0.0

    def spend(self, key: str, channel: str, *, edit: bool, now: float) -> None:
        """Count one call."""
        (self._edits if edit else self._channel(channel, now)).spend(now)
        self._spoke[key] = now
        if len(self._spoke) > 1_000:
            self._spoke = {k: at for k, at in self._spoke.items() if now - at < EDIT_GAP_S}

    def pause(self, until: float, *, edit: bool) -> None:
        """Let no call of this kind happen before `until`, as Retry-After demands."""
        self._paused[edit] = max(self._paused[edit], until)

    def _channel(self, channel: str, now: float) -> Bucket:
        if channel not in self._posts:
            self._posts[channel] = Bucket(POSTS_AT_ONCE, POSTS_PER_SECOND, POSTS_AT_ONCE, now)
        return self._posts[channel]
