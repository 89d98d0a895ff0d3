"""Authentication bound to one connection: who is there, and whether messages have to be sealed."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from sandbox.wsman import sealing
from sandbox.wsman.auth_basic import basic_user
from sandbox.wsman.auth_ntlm import LogonRefused, NtlmLogon
from sandbox.wsman.computer import Computer
from sandbox.wsman.http_wire import HttpAnswer, HttpRequest

_BASIC_CHALLENGE = ("WWW-Authenticate", 'Basic realm="WSMAN"')
_NEGOTIATE_CHALLENGE = ("WWW-Authenticate", "Negotiate")


@dataclass(frozen=True)
class GateRules:
    """Which authentication a listener takes; `secure` is whether it listens with TLS."""

    schemes: tuple[str, ...]
    secure: bool
    allow_unencrypted: bool

    @property
    def plain_is_fine(self) -> bool:
        """Whether a message may arrive as it is, without sealing."""
        return self.secure or self.allow_unencrypted

    def challenges(self) -> list[tuple[str, str]]:
        """Return the WWW-Authenticate headers of a 401; Basic is not offered where it would be readable."""
        negotiate = [_NEGOTIATE_CHALLENGE] if "ntlm" in self.schemes else []
        return negotiate + ([_BASIC_CHALLENGE] if "basic" in self.schemes and self.plain_is_fine else [])


@dataclass(frozen=True)
class Admitted:
    """A request that got in: who sent it, its plain body, and whether the answer is to be sealed."""

    user: str
    body: bytes
    sealed: bool


class Gate:
    """Decides about each request of one connection."""

    def __init__(self, rules: GateRules, computer: Computer) -> None:
        self._rules = rules
        self._computer = computer
        self._logon: NtlmLogon | None = None
        # The last token of a SPNEGO handshake; it travels with the first answer after it.
        self._proof: list[tuple[str, str]] = []

    def admit(self, request: HttpRequest) -> Admitted | HttpAnswer:
        """Return the request's sender and plain body, or the answer that keeps it out."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        scheme = scheme.lower()
        if scheme == "basic":
            return self._admit_basic(request, token.strip())
        if scheme in ("negotiate", "ntlm") and "ntlm" in self._rules.schemes:
            refusal = self._shake_hands(scheme, token.strip())
            if refusal is not None:
                return refusal
        sealed = sealing.is_sealed(request.headers.get("content-type", ""))
        if self._logon is None or not self._logon.complete:
            # A message sealed for a connection that is gone: the service says 400, for ever.
            return HttpAnswer(400) if sealed else self.refuse()
        return self._open(request, self._logon, sealed)

    def refuse(self) -> HttpAnswer:
        """Forget who is there and ask for authentication; the body is empty as on Windows."""
        self._logon = None
        return HttpAnswer(401, headers=self._rules.challenges())

    def answer(self, admitted: Admitted, status: int, body: bytes) -> HttpAnswer:
        """Return the answer to an admitted request, sealed if the request was."""
        proof, self._proof = self._proof, []
        if not admitted.sealed or self._logon is None or not body:
            return HttpAnswer(status, body, proof)
        signature, sealed = self._logon.seal(body)
        return HttpAnswer(
            status, sealing.join(signature, sealed, len(body)), proof, content_type=sealing.SEALED_TYPE
        )

    def _admit_basic(self, request: HttpRequest, token: str) -> Admitted | HttpAnswer:
        if "basic" not in self._rules.schemes or not self._rules.plain_is_fine:
            return self.refuse()
        user = basic_user(token, self._computer)
        return self.refuse() if user is None else Admitted(user, request.body, False)

    def _shake_hands(self, scheme: str, token: str) -> HttpAnswer | None:
        name = "Negotiate" if scheme == "negotiate" else "NTLM"
        if self._logon is None or self._logon.complete:
            self._logon = NtlmLogon(self._computer)
        try:
            reply = self._logon.step(base64.b64decode(token, validate=True))
        except (LogonRefused, binascii.Error):
            return self.refuse()
        header = ("WWW-Authenticate", f"{name} {base64.b64encode(reply or b'').decode()}")
        if not self._logon.complete:
            return HttpAnswer(401, headers=[header])
        self._proof = [header] if reply else []
        return None

    def _open(self, request: HttpRequest, logon: NtlmLogon, sealed: bool) -> Admitted | HttpAnswer:
        if not sealed:
            # Windows answers HTTP 500 to a readable message after NTLM (pywinrm issues 129 and 208).
            refused = request.body and not self._rules.plain_is_fine
            return HttpAnswer(500) if refused else Admitted(logon.user, request.body, False)
        try:
            signature, message, length = sealing.split(request.body)
            plain = logon.unseal(signature, message)
        except (sealing.BadSealing, LogonRefused):
            return HttpAnswer(400)
        return Admitted(logon.user, plain, True) if len(plain) == length else HttpAnswer(400)
