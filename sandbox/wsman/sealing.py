"""The multipart form in which sealed messages travel over HTTP (MS-WSMV 2.2.9.1)."""

from __future__ import annotations

import re
import struct

_PROTOCOL = "application/HTTP-SPNEGO-session-encrypted"
_BOUNDARY = b"--Encrypted Boundary"
_PAYLOAD_HEADER = b"\tContent-Type: application/octet-stream\r\n"
_LENGTH = re.compile(rb"Length=(\d+)")

SEALED_TYPE = f'multipart/encrypted;protocol="{_PROTOCOL}";boundary="Encrypted Boundary"'


class BadSealing(ValueError):
    """The body is not one sealed message."""


def is_sealed(content_type: str) -> bool:
    """Tell whether a Content-Type announces a sealed message."""
    return content_type.lower().startswith("multipart/encrypted")


def split(body: bytes) -> tuple[bytes, bytes, int]:
    """Return signature, sealed message and the length of the plain one. Raises BadSealing."""
    parts = body.split(_BOUNDARY + b"\r\n", 2)
    if len(parts) != 3 or parts[0]:
        raise BadSealing("no sealed part")
    length = _LENGTH.search(parts[1])
    payload = parts[2].removesuffix(_BOUNDARY + b"--\r\n")
    if length is None or not payload.startswith(_PAYLOAD_HEADER):
        raise BadSealing("sealed part without its headers")
    payload = payload.removeprefix(_PAYLOAD_HEADER)
    if len(payload) < 4:
        raise BadSealing("sealed part without a signature")
    size = struct.unpack_from("<I", payload)[0]
    return payload[4 : 4 + size], payload[4 + size :], int(length.group(1))


def join(signature: bytes, sealed: bytes, plain_length: int) -> bytes:
    """Return the body for a sealed message."""
    return b"".join(
        (
            _BOUNDARY + b"\r\n",
            f"\tContent-Type: {_PROTOCOL}\r\n".encode(),
            f"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length={plain_length}\r\n".encode(),
            _BOUNDARY + b"\r\n",
            _PAYLOAD_HEADER,
            struct.pack("<I", len(signature)),
            signature,
            sealed,
            _BOUNDARY + b"--\r\n",
        )
    )
