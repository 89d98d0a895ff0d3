"""A WinRM service in front of a fake computer, and the clients of others that talk to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from winrm.protocol import Protocol

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.wsman import WsmanServer, serve
from tests.sandbox.wsman.certificates import write_certificates
from tests.sandbox.wsman.fake_computer import FakeComputer

Connect = Callable[..., Protocol]
Start = Callable[..., WsmanServer]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ca.pem, server.pem and server.key."""
    folder = tmp_path_factory.mktemp("tls")
    write_certificates(folder)
    return folder


@pytest.fixture
def computer() -> FakeComputer:
    return FakeComputer()


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def start(computer: FakeComputer, faults: Faults) -> Iterator[Start]:
    """Start services of the computer; they are closed with the test."""
    running: list[WsmanServer] = []

    def _start(on: FakeComputer = computer, **options: Any) -> WsmanServer:
        server = serve(on, clock=Clock(), faults=faults, **options)
        running.append(server)
        return server

    yield _start
    for server in running:
        server.close()


@pytest.fixture
def https(start: Start, certificates: Path) -> WsmanServer:
    return start(certfile=certificates / "server.pem", keyfile=certificates / "server.key")


@pytest.fixture
def http(start: Start) -> WsmanServer:
    return start()


@pytest.fixture
def connect(certificates: Path) -> Iterator[Connect]:
    """Make pywinrm clients; their connections are closed with the test."""
    made: list[Protocol] = []

    def _connect(server: WsmanServer, transport: Any = "", **options: Any) -> Protocol:
        settings: dict[str, Any] = {
            "username": "backup",
            "password": "Pa:ss word1",
            "ca_trust_path": str(certificates / "ca.pem"),
            "operation_timeout_sec": 5,
            "read_timeout_sec": 8,
            "proxy": None,
            **options,
        }
        chosen: Any = transport or ("basic" if server.url.startswith("https") else "ntlm")
        protocol = Protocol(server.url, chosen, **settings)
        made.append(protocol)
        return protocol

    yield _connect
    for protocol in made:
        protocol.transport.close_session()


@pytest.fixture
def http_client(http: WsmanServer, connect: Connect) -> Protocol:
    """A pywinrm client with sealed NTLM, for what does not depend on the way in."""
    return connect(http)


@pytest.fixture(params=["basic over https", "ntlm sealed over http", "ntlm over https"])
def client(request: pytest.FixtureRequest, start: Start, certificates: Path, connect: Connect) -> Protocol:
    """A pywinrm client, once for each way in."""
    tls = {"certfile": certificates / "server.pem", "keyfile": certificates / "server.key"}
    server = start(**(tls if request.param.endswith("https") else {}))
    return connect(server, "basic" if request.param.startswith("basic") else "ntlm")
