from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.slack.app import Timing
from sandbox.slack.model import Workspace
from sandbox.slack.server import SlackServer, serve

Eventually = Callable[[Callable[[], object]], None]
Connected = Callable[[App], AbstractContextManager[SocketModeHandler]]


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def workspace() -> Workspace:
    timing = Timing(ack_s=0.4, event_retries_s=(0.0, 0.05, 0.05), goodbye_s=0.3, socket_ping_s=0.2)
    return Workspace(timing=timing)


@pytest.fixture(scope="session")
def closing() -> Iterator[list[threading.Thread]]:
    """Clients and servers need a moment to close: they do so beside the next tests."""
    threads: list[threading.Thread] = []
    yield threads
    for thread in threads:
        thread.join()


@pytest.fixture
def slack(workspace: Workspace, faults: Faults, closing: list[threading.Thread]) -> Iterator[SlackServer]:
    server = serve(workspace, clock=Clock(), faults=faults)
    yield server
    closing.append(threading.Thread(target=server.close))
    closing[-1].start()


@pytest.fixture
def web(slack: SlackServer) -> WebClient:
    """Slack's own client as a bot would build it, but without repeats."""
    return WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
def eventually() -> Eventually:
    """Wait until something is so, five seconds at most."""

    def wait(check: Callable[[], object]) -> None:
        pause = threading.Event()
        until = time.monotonic() + 5
        while not check():
            assert time.monotonic() < until, "it never came about"
            pause.wait(0.01)

    return wait


@pytest.fixture
def app(web: WebClient) -> App:
    return App(client=web)


@pytest.fixture
def connected(slack: SlackServer, eventually: Eventually, closing: list[threading.Thread]) -> Connected:
    """Connect a Bolt app with the builtin Socket Mode client."""

    @contextmanager
    def run(app: App) -> Iterator[SocketModeHandler]:
        before = slack.connections
        handler = SocketModeHandler(app, slack.app_token, ping_interval=0.2)
        handler.connect()  # type: ignore[no-untyped-call]
        eventually(lambda: slack.connections == before + 1)
        try:
            yield handler
        finally:
            closing.append(threading.Thread(target=handler.close))
            closing[-1].start()

    return run
