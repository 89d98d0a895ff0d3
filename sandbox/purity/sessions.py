"""Who is logged in: accounts by token or password, sessions by cookie."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.purity.arguments import Arguments
from sandbox.purity.model import FlashArray
from sandbox.purity.objects import Account
from sandbox.purity.refusals import Refused

IDLE_LIMIT = timedelta(minutes=30)
_COOKIE = re.compile(r"(?:^|;)\s*session=([^;\s]+)")


@dataclass
class _Session:
    account: Account
    used: datetime


class Sessions:
    """The sessions of one array; they end after half an hour without a request."""

    def __init__(self, array: FlashArray) -> None:
        self._array = array
        self._open: dict[str, _Session] = {}

    def api_token(self, arguments: Arguments) -> Account:
        """Return the account that a user name and password belong to. Raises Refused (401)."""
        arguments.refuse_others(("username", "password"))
        name, password = arguments.text("username"), arguments.text("password")
        account = self._array.accounts.get((name or "").lower())
        if account is None or account.password is None or account.password != password:
            raise Refused("", "invalid credentials", 401)
        return account

    def start(self, arguments: Arguments) -> tuple[str, Account]:
        """Open a session by token, or by user name and password; return its cookie. Raises Refused (401)."""
        if "username" in arguments:
            account = self.api_token(arguments)
        else:
            arguments.refuse_others(("api_token",))
            token = arguments.text("api_token")
            found = [one for one in self._array.accounts.values() if one.api_token == token]
            if not found:
                raise Refused("", "invalid credentials", 401)
            account = found[0]
        self._drop_idle()
        cookie = secrets.token_urlsafe(24)
        self._open[cookie] = _Session(account, self._array.now())
        self._array.note(account.name, "purelogin", "login", account.name, "REST")
        return cookie, account

    def find(self, header: str | None) -> tuple[str, Account] | None:
        """Return the session of a Cookie header and keep it alive, or None."""
        match = _COOKIE.search(header or "")
        session = self._open.get(match[1]) if match else None
        if match is None or session is None or self._is_idle(session):
            return None
        session.used = self._array.now()
        return match[1], session.account

    def end(self, cookie: str) -> None:
        """Close one session."""
        self._open.pop(cookie, None)

    def forget_all(self) -> None:
        """Lose every session, as a failover of the controllers does."""
        self._open.clear()

    def _is_idle(self, session: _Session) -> bool:
        return self._array.now() - session.used > IDLE_LIMIT

    def _drop_idle(self) -> None:
        self._open = {cookie: one for cookie, one in self._open.items() if not self._is_idle(one)}
