"""HTTP/1.1 as far as this listener needs it: requests with a Content-Length, answers that keep alive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import BinaryIO

_MAX_LINE = 65536
_MAX_HEADERS = 100

SOAP_TYPE = "application/soap+xml;charset=UTF-8"


class BadHttp(ValueError):
    """What arrived is not a request that this listener can read."""


@dataclass(frozen=True)
class HttpRequest:
    """One request; header names are lower-case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def keeps_alive(self) -> bool:
        """Whether the client wants the connection to stay open."""
        return "close" not in self.headers.get("connection", "").lower()


@dataclass(frozen=True)
class HttpAnswer:
    """One answer; `headers` come on top of the ones that every answer has."""

    status: int
    body: bytes = b""
    headers: Sequence[tuple[str, str]] = ()
    content_type: str = SOAP_TYPE


def read_request(stream: BinaryIO, max_body: int) -> HttpRequest | None:
    """Read a request, or None at the connection's end. Raises BadHttp."""
    line = stream.readline(_MAX_LINE)
    if not line:
        return None
    parts = line.decode("latin-1").split()
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise BadHttp("no request line")
    headers = _read_headers(stream)
    if "transfer-encoding" in headers:
        raise BadHttp("chunked requests are not supported")
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > max_body:
        raise BadHttp("no usable Content-Length")
    body = stream.read(int(length)) if int(length) else b""
    if len(body) < int(length):
        return None
    return HttpRequest(parts[0], parts[1], headers, body)


def write_answer(answer: HttpAnswer, now: datetime) -> bytes:
    """Return the bytes of an answer; `now` is the computer's clock (UTC), for the Date header."""
    lines = [
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
        *([f"Content-Type: {answer.content_type}"] if answer.body else []),
        "Server: Microsoft-HTTPAPI/2.0",
        *(f"{name}: {value}" for name, value in answer.headers),
        f"Date: {format_datetime(now, usegmt=True)}",
        f"Content-Length: {len(answer.body)}",
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + answer.body


def _read_headers(stream: BinaryIO) -> dict[str, str]:
    headers: dict[str, str] = {}
    for _ in range(_MAX_HEADERS):
        line = stream.readline(_MAX_LINE).decode("latin-1")
        if not line.strip():
            return headers
        name, colon, value = line.partition(":")
        if not colon:
            raise BadHttp("header without a colon")
        headers[name.strip().lower()] = value.strip()
    raise BadHttp("too many headers")
