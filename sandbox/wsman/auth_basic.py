"""HTTP Basic authentication: every request carries the password."""

from __future__ import annotations

import base64
import binascii
import hmac

from sandbox.wsman.accounts import account_of
from sandbox.wsman.computer import Computer


def basic_user(token: str, computer: Computer) -> str | None:
    """Return the account that the token of an Authorization header proves, or None."""
    try:
        text = base64.b64decode(token, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None
    name, _, password = text.partition(":")
    account = account_of(name, computer.name)
    known = computer.password_of(account)
    if known is None or not hmac.compare_digest(known.encode(), password.encode()):
        return None
    return account
