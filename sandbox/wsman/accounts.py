"""Account names as clients write them, and the account of this computer that they mean."""

from __future__ import annotations


def account_of(name: str, computer: str) -> str:
    """Return the account name without this computer's own name in front of it.

    A local account may be written as user, .\\user or COMPUTER\\user; domain accounts stay as written.
    """
    domain, backslash, user = name.partition("\\")
    if backslash and domain.casefold() in ("", ".", computer.casefold()):
        return user
    return name
