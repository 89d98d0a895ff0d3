"""NTLM authentication of one connection, raw or inside SPNEGO, with pyspnego's acceptor.

pyspnego looks the password up in the file that the environment variable NTLM_USER_FILE names; there is no
other way in. So each step of each acceptor runs under one lock for the whole process, with a file that
holds the one account that is logging on; the variable is put back before the lock is released.
"""

from __future__ import annotations

import os
import struct
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import spnego
from spnego._ntlm_raw.crypto import ntowfv1
from spnego.exceptions import SpnegoError

from sandbox.wsman.accounts import account_of
from sandbox.wsman.computer import Computer

_STORE_VARIABLE = "NTLM_USER_FILE"
_STORE_LOCK = threading.Lock()
_AUTHENTICATE = b"NTLMSSP\x00\x03\x00\x00\x00"
_NEGOTIATE_UNICODE = 0x00000001


class LogonRefused(Exception):
    """The handshake failed: unknown account, wrong password or a token that cannot be read."""


class NtlmLogon:
    """The server's half of one NTLM handshake, and afterwards the sealing of its messages."""

    def __init__(self, computer: Computer) -> None:
        self._computer = computer
        self._context: spnego.ContextProxy | None = None
        self.user = ""

    @property
    def complete(self) -> bool:
        """Whether the client has proved who it is."""
        return self._context is not None and self._context.complete

    def step(self, token: bytes) -> bytes | None:
        """Take the client's token and return ours, if there is one. Raises LogonRefused."""
        try:
            name = _account_in(token)
            with _store(self._line(name)):
                context = self._context or _acceptor(token)
                self._context = context
                answer = context.step(token)
        except (SpnegoError, ValueError, struct.error) as err:
            raise LogonRefused(str(err)) from err
        if context.complete:
            self.user = account_of(name, self._computer.name)
        return answer or None

    def unseal(self, signature: bytes, sealed: bytes) -> bytes:
        """Open a sealed message. Raises LogonRefused when it was sealed for another connection."""
        if self._context is None or not self.complete:
            raise LogonRefused("no security context on this connection")
        try:
            return self._context.unwrap_winrm(signature, sealed)
        except SpnegoError as err:
            raise LogonRefused(str(err)) from err

    def seal(self, message: bytes) -> tuple[bytes, bytes]:
        """Return the signature and the sealed message."""
        if self._context is None:
            raise LogonRefused("no security context on this connection")
        sealed = self._context.wrap_winrm(message)
        return sealed.header, sealed.data

    def _line(self, name: str) -> str:
        """Return the account's line of the credential file (smbpasswd form: a password may hold colons)."""
        password = self._computer.password_of(account_of(name, self._computer.name)) if name else None
        if password is None:
            return ""
        return f"{name}:1000:{'0' * 32}:{ntowfv1(password).hex().upper()}:[U]:LCT-0\n"


def _acceptor(token: bytes) -> spnego.ContextProxy:
    raw = token.startswith(b"NTLMSSP\x00")
    options = spnego.NegotiateOptions.use_ntlm if raw else spnego.NegotiateOptions.use_negotiate
    return spnego.server(protocol="ntlm" if raw else "negotiate", options=options)


@contextmanager
def _store(line: str) -> Iterator[None]:
    with _STORE_LOCK, tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".ntlm") as file:
        file.write(line)
        file.flush()
        before = os.environ.get(_STORE_VARIABLE)
        os.environ[_STORE_VARIABLE] = file.name
        try:
            yield
        finally:
            if before is None:
                del os.environ[_STORE_VARIABLE]
            else:
                os.environ[_STORE_VARIABLE] = before


def _account_in(token: bytes) -> str:
    """Return DOMAIN\\user or user from the AUTHENTICATE message in a token, "" for other messages.

    The fields are the ones of MS-NLMP 2.2.1.3: length, maximum length and offset of each string.
    """
    start = token.find(_AUTHENTICATE)
    if start < 0:
        return ""
    message = token[start:]
    flags = struct.unpack_from("<I", message, 60)[0]
    encoding = "utf-16-le" if flags & _NEGOTIATE_UNICODE else "cp437"
    domain, user = (_string_at(message, field).decode(encoding) for field in (28, 36))
    return f"{domain}\\{user}" if domain else user


def _string_at(message: bytes, field: int) -> bytes:
    length, _, offset = struct.unpack_from("<HHI", message, field)
    return message[offset : offset + length]
