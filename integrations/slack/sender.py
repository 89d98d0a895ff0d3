"""The one sender: a thread that takes messages from the outbox and keeps to Slack's limits."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from bot.ports import StoreUnavailable
from integrations.slack.errors import Kind, SlackFailure
from integrations.slack.mail import Mail
from integrations.slack.pacing import Pace
from integrations.slack.queue import Poster, Row, SendQueue

log = structlog.get_logger(__name__)

IDLE_S = 2.0  # between two looks when nothing woke us
BREATH_S = 0.2  # after a look that sent nothing: hundreds of runs change faster than we may speak
AT_ONCE = 100  # rows looked at
BAD_TOKEN_PAUSE_S = 60.0
LONGEST_PAUSE_S = 30.0  # while Slack cannot be reached
LONGEST_LOST_WAIT_S = 60.0  # of one message that got no reply
LONGEST_BACK_OFF_S = 300.0  # of one message that Slack refuses
MOST_TRIES = 12  # about three quarters of an hour
_REMEMBERED = 5_000


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _uncounted(event: str) -> None:
    del event


class Sender:
    """Posts each message once and edits it in place; `step` is one look, `start` runs it in a thread."""

    def __init__(
        self,
        queue: SendQueue,
        poster: Poster,
        fallback: Callable[[str], str | None],
        *,
        now: Callable[[], datetime] = _utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        count: Callable[[str], None] = _uncounted,
    ) -> None:
        self._queue = queue
        self._mail = Mail(poster, fallback)
        self._now = now
        self._monotonic = monotonic
        self._count = count
        self._pace = Pace()
        self._paused_until = 0.0
        self._troubles = 0  # looks in a row that did not reach Slack
        self._trouble = ""
        self._unrecorded: dict[str, tuple[int, str]] = {}  # on Slack, but the store does not know it yet
        self._perhaps_posted: set[str] = set()  # a post without a reply: it may be there
        self._refusals: dict[str, int] = {}
        self._over: OrderedDict[str, None] = OrderedDict()  # keys whose last word is on Slack
        self._awake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Send from now on, in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="slack-sender", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Look again at once; call it when something was put into the outbox."""
        self._awake.set()

    def close(self, timeout_s: float = 5.0) -> None:
        """Stop after the call in hand; what is not sent stays in the outbox."""
        self._stopping.set()
        self._awake.set()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def trouble(self) -> str:
        """Return why messages do not reach Slack now, or an empty text."""
        return self._trouble

    def step(self) -> float:
        """Send at most one message; return how many seconds to wait before the next look."""
        for key, (revision, ts) in list(self._unrecorded.items()):
            self._queue.sent(key, revision, ts)
            del self._unrecorded[key]
        now = self._monotonic()
        if now < self._paused_until:
            return self._paused_until - now
        shortest = IDLE_S
        rows = self._queue.take(AT_ONCE + len(self._perhaps_posted), self._now())
        for row in sorted(rows, key=lambda row: (not row.final, not row.urgent)):
            if self._is_pointless(row):
                continue
            wait = self._pace.wait(
                row.key, self._mail.channel(row), edit=row.ts is not None, important=row.final, now=now
            )
            if wait <= 0.0:
                self._send(row)
                return 0.0
            shortest = min(shortest, wait)
        return shortest

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._awake.clear()
            try:
                wait = self.step()
            except StoreUnavailable as error:
                log.warning("outbox unavailable", code="store-unavailable", error=str(error))
                wait = IDLE_S
            except Exception:  # the outermost loop of this thread: a bug must not silence the bot
                log.exception("sender failed", code="bug")
                wait = IDLE_S
            if wait > 0.0:
                self._stopping.wait(min(wait, BREATH_S))
                self._awake.wait(max(0.0, wait - BREATH_S))

    def _is_pointless(self, row: Row) -> bool:
        """Tell whether a row has been said, or is a mere edit of a message that may be there without our knowing."""
        lost = row.key in self._perhaps_posted and row.ts is None
        return row.key in self._over or (lost and not (row.final or row.urgent))

    def _send(self, row: Row) -> None:
        edit = row.ts is not None
        self._pace.spend(row.key, self._mail.channel(row), edit=edit, now=self._monotonic())
        try:
            delivered = self._mail.deliver(row)
        except SlackFailure as failure:
            self._failed(row, failure)
            return
        self._recovered()
        self._count("edited" if edit else "posted")
        self._perhaps_posted.discard(row.key)
        self._refusals.pop(row.key, None)
        if row.final or row.urgent:
            self._finish(row.key)
        self._unrecorded[row.key] = (row.revision, delivered.ts)
        self._queue.sent(row.key, row.revision, delivered.ts)
        del self._unrecorded[row.key]

    def _finish(self, key: str) -> None:
        self._mail.forget(key)
        self._refusals.pop(key, None)
        self._over[key] = None
        if len(self._over) > _REMEMBERED:
            self._over.popitem(last=False)

    def _failed(self, row: Row, failure: SlackFailure) -> None:
        self._count(failure.kind.value)
        edit = row.ts is not None
        match failure.kind:
            case Kind.RATE_LIMITED:
                self._pace.pause(self._monotonic() + failure.retry_after_s, edit=edit)
            case Kind.BAD_TOKEN:
                self._pause(BAD_TOKEN_PAUSE_S, failure)
            case Kind.UNREACHED:
                self._back_off(failure)
            case Kind.LOST:
                self._lost(row, failure)
            case _:
                self._refused(row, failure)

    def _lost(self, row: Row, failure: SlackFailure) -> None:
        """A request without a reply: an edit is sent again, a post only where it is a last word.

        The trade: a card whose post got no reply is not posted twice, so a run may show no card until its
        final message, which is posted (again, perhaps) because silence would be worse than a double.
        """
        if row.ts is None:
            self._perhaps_posted.add(row.key)
        # The others first: a message that Slack chokes on must not hold up the rest.
        wait = min(LONGEST_LOST_WAIT_S, 2.0 ** (row.tries + 1))
        self._queue.failed(row.key, row.revision, failure.code, self._now() + timedelta(seconds=wait))
        self._back_off(failure)

    def _refused(self, row: Row, failure: SlackFailure) -> None:
        self._recovered()
        tries = self._refusals[row.key] = self._refusals.get(row.key, 0) + 1
        again = failure.code.startswith("duplicate")  # of our client_msg_id: it is there, its ts is unknown
        if again or failure.kind is Kind.BAD_PAYLOAD or tries >= MOST_TRIES:
            log.error("message given up", code=failure.code, key=row.key, final=row.final, urgent=row.urgent)
            self._count("given-up")
            self._finish(row.key)
            self._queue.give_up(row.key, failure.code)
            return
        wait = min(LONGEST_BACK_OFF_S, 5.0 * 2.0 ** (tries - 1))
        log.warning("message refused", code=failure.code, key=row.key, again_in_s=wait)
        self._queue.failed(row.key, row.revision, failure.code, self._now() + timedelta(seconds=wait))

    def _back_off(self, failure: SlackFailure) -> None:
        self._troubles += 1
        self._pause(min(LONGEST_PAUSE_S, 2.0 ** (self._troubles - 1)), failure)

    def _pause(self, seconds: float, failure: SlackFailure) -> None:
        self._paused_until = self._monotonic() + seconds
        if self._trouble != str(failure):  # once for each kind of trouble, not once for each try
            self._trouble = str(failure)
            log.error("messages do not reach Slack", code=failure.kind.value, error=str(failure))

    def _recovered(self) -> None:
        if self._trouble:
            log.info("messages reach Slack again", was=self._trouble)
        self._troubles, self._trouble = 0, ""
