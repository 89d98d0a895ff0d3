"""Rate limits: a tier per method, and the one-a-second rule for posting into a channel.

Slack publishes each tier as "N or more a minute"; the figure itself is enforced here, over any 60 seconds.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.slack.errors import SlackError

WINDOW_S = 60.0
TIER_1 = 10  # published as 1+; that many would forbid the second reconnect of a minute, which Slack allows
TIER_2, TIER_3, TIER_4 = 20, 50, 100
WORKSPACE_POSTS = 300  # "several hundred a minute" for the whole workspace
POST_BURST, POST_PER_S = 5.0, 1.0


@dataclass
class _Bucket:
    level: float = POST_BURST
    at: float = 0.0


@dataclass
class Limits:
    """Counts calls; `now` is a monotonic clock in seconds."""

    now: Callable[[], float] = time.monotonic
    enabled: bool = True
    _calls: dict[str, deque[float]] = field(default_factory=dict)
    _buckets: dict[str, _Bucket] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def spend(self, method: str, per_minute: int) -> None:
        """Count one call of `method`. Raises Slack's 429 when the last 60 s were full."""
        if not self.enabled:
            return
        with self._lock:
            now = self.now()
            calls = self._calls.setdefault(method, deque())
            while calls and calls[0] <= now - WINDOW_S:
                calls.popleft()
            if len(calls) >= per_minute:
                raise too_many(calls[0] + WINDOW_S - now)
            calls.append(now)

    def spend_post(self, channel: str) -> None:
        """Count one post into `channel`: one a second, with a small burst. Raises Slack's 429."""
        if not self.enabled:
            return
        with self._lock:
            now = self.now()
            bucket = self._buckets.setdefault(channel, _Bucket(at=now))
            bucket.level = min(POST_BURST, bucket.level + (now - bucket.at) * POST_PER_S)
            bucket.at = now
            if bucket.level < 1:
                raise too_many((1 - bucket.level) / POST_PER_S)
            bucket.level -= 1
        self.spend("chat.postMessage (workspace)", WORKSPACE_POSTS)


def too_many(wait_s: float) -> SlackError:
    """Return HTTP 429 with Retry-After in whole seconds."""
    return SlackError("ratelimited", status=429, headers={"Retry-After": str(max(1, math.ceil(wait_s)))})
