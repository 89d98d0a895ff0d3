"""Slack's Web API client as we want it: deadlines, no blind repeats, no secrets in logs."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from slack_sdk import WebClient

from integrations.slack.errors import NETWORK, translate

SLACK_API = "https://slack.com/api/"
TIMEOUT_S = 10


@dataclass(frozen=True)
class Identity:
    """Who Slack says we are; `scopes` are those of the bot token."""

    workspace: str  # team id
    workspace_name: str
    bot_user: str
    bot: str
    enterprise: str | None
    scopes: tuple[str, ...]


def web_client(token: str, api_url: str = SLACK_API, *, timeout_s: int = TIMEOUT_S) -> WebClient:
    """Return a client that never sends anything twice by itself. Plain HTTP is for this machine only."""
    parts = urlsplit(api_url)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        raise ValueError(f"the Slack API address must begin with https://, not {parts.scheme}://")
    # The SDK's default handler repeats a post whose reply was lost; and at DEBUG it logs whole bodies, which it
    # takes from the logger's own level, so that an unset level (0) would count as DEBUG.
    logger = logging.getLogger("vssbot.slack.web")
    logger.setLevel(logging.CRITICAL)
    return WebClient(token, base_url=api_url, timeout=timeout_s, retry_handlers=[], logger=logger)


def who(client: WebClient) -> Identity:
    """Ask Slack who the token belongs to. Raises SlackFailure."""
    try:
        reply = client.auth_test()
    except NETWORK as error:
        raise translate(error) from error
    headers = {str(name).lower(): str(value) for name, value in reply.headers.items()}
    scopes = tuple(scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",") if scope.strip())
    return Identity(
        workspace=str(reply.get("team_id", "")),
        workspace_name=str(reply.get("team", "")),
        bot_user=str(reply.get("user_id", "")),
        bot=str(reply.get("bot_id", "")),
        enterprise=reply.get("enterprise_id"),
        scopes=scopes,
    )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
