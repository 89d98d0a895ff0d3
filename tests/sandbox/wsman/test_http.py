"""What is not a request for this service, and the numbers in its messages."""

from __future__ import annotations

import base64
import socket
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.wsman import WsmanServer
from sandbox.wsman.durations import elapsed, parse_duration, timeout
from sandbox.wsman.sealing import join, split
from tests.sandbox.wsman.conftest import Start

AUTH = f"Authorization: Basic {base64.b64encode(b'backup:Pa:ss word1').decode()}\r\n"


def talk(server: WsmanServer, text: str) -> bytes:
    """Send bytes, say no more, and return all that comes."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=5) as sock:
        sock.sendall(text.encode())
        sock.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := sock.recv(65536):
            answer += piece
        return answer


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("POST /elsewhere HTTP/1.1\r\n\r\n", b"404"),
        ("GET /wsman HTTP/1.1\r\n\r\n", b"405"),
        ("hello\r\n\r\n", b"400"),
        ("POST /wsman HTTP/1.1\r\nbad header\r\n\r\n", b"400"),
        ("POST /wsman HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"400"),
        ("POST /wsman HTTP/1.1\r\nContent-Length: many\r\n\r\n", b"400"),
        ("POST /wsman HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n", b"400"),
        (f"POST /wsman HTTP/1.1\r\n{AUTH}Content-Length: 3\r\n\r\n<a>", b"400"),
        (f"POST /wsman HTTP/1.1\r\n{AUTH}Content-Length: 4\r\n\r\n<a/>", b"400"),
        (f"POST /wsman?x HTTP/1.1\r\n{AUTH}\r\n", b"200"),
    ],
)
def test_http_that_is_not_understood_gets_a_status(start: Start, request_text: str, status: bytes) -> None:
    assert talk(start(allow_unencrypted=True), request_text).split()[1] == status


def test_several_requests_share_a_connection_until_the_client_closes_it(start: Start) -> None:
    server = start(allow_unencrypted=True)
    once = f"POST /wsman HTTP/1.1\r\n{AUTH}Content-Length: 0\r\n\r\n"
    last = once.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")
    assert talk(server, once + once + last + once).count(b"HTTP/1.1 200") == 3


def test_a_request_that_breaks_off_is_not_answered(http: WsmanServer) -> None:
    assert talk(http, "POST /wsman HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc") == b""


@pytest.mark.parametrize(
    ("text", "seconds"), [("PT20S", 20), ("PT7200.000S", 7200), ("P1DT2H3M4.5S", 93784.5), ("PT1H", 3600)]
)
def test_durations_are_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "P", "20", "PTS", "PT-1S", "P1Y"])
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(text)


def test_durations_are_written_as_recorded() -> None:
    assert (elapsed(0), elapsed(93784.9), timeout(7200)) == ("P0DT0H0M0S", "P1DT2H3M4S", "PT7200.000S")


@given(st.binary(min_size=16, max_size=16), st.binary(max_size=300))
def test_a_sealed_body_comes_apart_as_it_was_put_together(signature: bytes, sealed: bytes) -> None:
    assert split(join(signature, sealed, len(sealed))) == (signature, sealed, len(sealed))
