"""The line that brings commands and clicks in: Socket Mode, reconnecting by itself, closed on our word."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient

from integrations.slack.client import Identity, who
from integrations.slack.errors import translate

log = structlog.get_logger(__name__)

LISTENERS = 10  # threads; they only record and answer (Bolt's own default is 5)
LONGEST_WAIT_S = 30.0  # between two tries to connect at the start


class Connection:
    """Bolt on Socket Mode with the builtin client (the websocket-client one misses dead lines).

    `listen` registers the listeners on the app; it comes from the wiring, so that nothing here knows handlers.
    """

    def __init__(
        self,
        client: WebClient,
        app_token: str,
        listen: Callable[[App], None],
        *,
        first_wait_s: float = 1.0,
    ) -> None:
        self._client = client
        self._app_token = app_token
        self._first_wait_s = first_wait_s
        self._identity: Identity | None = None
        self._problem = "not connected yet"
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._handler: SocketModeHandler | None = None
        self._executor = ThreadPoolExecutor(max_workers=LISTENERS, thread_name_prefix="slack-listener")
        self.app = self._build()
        listen(self.app)

    def start(self) -> None:
        """Connect in the background and keep trying; Slack being down does not keep the bot from starting."""
        self._thread = threading.Thread(target=self._connect, name="slack-connect", daemon=True)
        self._thread.start()

    def is_connected(self) -> bool:
        """Tell whether commands can come in now."""
        return self._handler is not None and bool(self._handler.client.is_connected())

    def problem(self) -> str:
        """Return why commands cannot come in, or an empty text."""
        if self.is_connected():
            return ""
        return self._problem or "the line to Slack is down, it is being opened again"

    def identity(self) -> Identity | None:
        """Return who we are, once Slack has told."""
        return self._identity

    def close(self, timeout_s: float = 5.0) -> None:
        """Take no more work and hang up; a line that does not close in time is left to the end of the process."""
        self._stopping.set()
        closing = threading.Thread(target=self._close, name="slack-close", daemon=True)
        closing.start()
        closing.join(timeout_s)

    def _build(self) -> App:
        logger = logging.getLogger("vssbot.slack.bolt")
        logger.setLevel(logging.ERROR)  # at DEBUG and INFO Bolt logs whole bodies

        def authorize(team_id: str | None, enterprise_id: str | None) -> AuthorizeResult | None:
            return self._authorize(team_id, enterprise_id)

        return App(
            name="vssbot",
            logger=logger,
            client=self._client,
            authorize=authorize,  # type: ignore[arg-type]  # None refuses, which the annotation forgot
            listener_executor=self._executor,
            user_facing_authorize_error_message="This bot serves another workspace.",
            # The wire is authenticated; a signature exists in HTTP mode only.
            signing_secret="",
        )

    def _authorize(self, team: str | None, enterprise: str | None) -> AuthorizeResult | None:
        """Let in our own workspace alone, without asking Slack: a command has three seconds in all."""
        us = self._identity
        if us is None or (team is not None and team != us.workspace) or (team is None and enterprise is None):
            return None
        return AuthorizeResult(
            enterprise_id=us.enterprise,
            team_id=us.workspace,
            bot_user_id=us.bot_user,
            bot_id=us.bot,
            bot_token=self._client.token,
        )

    def _connect(self) -> None:
        wait = self._first_wait_s
        while not self._stopping.is_set():
            try:
                if self._try_once():
                    log.info("connected to Slack", workspace=self._identity and self._identity.workspace)
                    return
                self._note("the line could not be opened", "no-line")
            except Exception as error:  # noqa: BLE001 - outermost loop: whatever it was, Slack is tried again
                failure = translate(error)
                self._note(str(failure), failure.kind.value)
            self._stopping.wait(wait)
            wait = min(LONGEST_WAIT_S, wait * 2.0)

    def _try_once(self) -> bool:
        self._identity = who(self._client)
        if self._handler is None:
            self._handler = SocketModeHandler(self.app, self._app_token)
        # Like connect(), but always with a fresh address: a used one is kept after a failed handshake, and
        # connect() tells of no failure. From the first success on, the SDK's own monitor reconnects.
        self._handler.client.connect_to_new_endpoint()
        return self.is_connected()

    def _note(self, problem: str, code: str) -> None:
        if problem != self._problem:
            log.error("no connection to Slack", code=code, error=problem)
        self._problem = problem

    def _close(self) -> None:
        if self._thread is not None:
            self._thread.join()  # else a line that is being opened just now would stay open
        if self._handler is not None:
            _hang_up(self._handler.client)
        self._executor.shutdown(wait=True)


def _hang_up(client: SocketModeClient) -> None:
    """Close the SDK's line without its waits: 3 s for a receive in progress, 1 s for its empty queue."""
    client.auto_reconnect_enabled = False
    client.closed = True
    client.message_queue.put(None)
    sock = client.current_session and client.current_session.sock
    if sock:
        with contextlib.suppress(OSError):  # it may have been closed by the other side
            sock.shutdown(socket.SHUT_RDWR)
    client.close()
