"""Brings one row of the outbox to Slack: where it goes, and what each refusal means for it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integrations.slack.errors import NETWORK, Kind, SlackFailure, translate
from integrations.slack.queue import Poster, Row

_HINT = uuid.UUID("6f6e6365-2d6f-4e6c-992d-706c65617365")
ELSEWHERE = (Kind.NO_CHANNEL, Kind.NO_MESSAGE)


@dataclass(frozen=True)
class Delivered:
    """Where a message is now."""

    channel: str
    ts: str


class Mail:
    """Posts or edits one message; remembers which keys went to their fallback channel."""

    def __init__(self, poster: Poster, fallback: Callable[[str], str | None]) -> None:
        self._poster = poster
        self._fallback = fallback
        self._moved: dict[str, str] = {}

    def channel(self, row: Row) -> str:
        """Return where a message is, or would go first."""
        return self._moved.get(row.key, row.channel)

    def deliver(self, row: Row) -> Delivered:
        """Post or edit, in the fallback channel where the first one is closed to us. Raises SlackFailure."""
        if row.ts is None:
            return self._post(row)
        try:
            return self._edit(row, self.channel(row))
        except SlackFailure as failure:
            if failure.kind not in ELSEWHERE:
                raise
        # After a restart we no longer know that it moved; a ts names one message, so look there too.
        other = self._other(row)
        if other is not None:
            try:
                return self._moved_to(other, row, self._edit(row, other))
            except SlackFailure as failure:
                if failure.kind not in ELSEWHERE:
                    raise
        return self._post(row)

    def forget(self, key: str) -> None:
        """Drop what is known of a message that will not change any more."""
        self._moved.pop(key, None)

    def _post(self, row: Row) -> Delivered:
        try:
            return self._post_in(self.channel(row), row)
        except SlackFailure as failure:
            other = self._other(row)
            if failure.kind is not Kind.NO_CHANNEL or other is None:
                raise
        return self._moved_to(other, row, self._post_in(other, row))

    def _other(self, row: Row) -> str | None:
        other = self._fallback(row.key)
        return other if other and other != self.channel(row) else None

    def _moved_to(self, channel: str, row: Row, delivered: Delivered) -> Delivered:
        self._moved[row.key] = channel
        return delivered

    def _post_in(self, channel: str, row: Row) -> Delivered:
        # Slack drops a second message with the same client_msg_id, it seems; undocumented, so only a hint.
        hint = str(uuid.uuid5(_HINT, f"{row.key} {row.ts or ''}"))

        def post(blocks: dict[str, Any]) -> Any:
            return self._poster.chat_postMessage(
                channel=channel,
                text=row.message.text,
                client_msg_id=hint,
                unfurl_links=False,
                unfurl_media=False,
                **blocks,
            )

        reply = _with_plain_form(row, post, {})
        return Delivered(str(reply.get("channel") or channel), str(reply["ts"]))

    def _edit(self, row: Row, channel: str) -> Delivered:
        ts = row.ts or ""

        def edit(blocks: dict[str, Any]) -> Any:
            return self._poster.chat_update(channel=channel, ts=ts, text=row.message.text, **blocks)

        _with_plain_form(row, edit, {"blocks": []})
        return Delivered(channel, ts)


def _with_plain_form(row: Row, call: Callable[[dict[str, Any]], Any], plain: dict[str, Any]) -> Any:
    """Call with the blocks, and with the text alone where Slack does not take them: no last word is lost."""
    try:
        return _translated(call, {"blocks": row.message.blocks})
    except SlackFailure as failure:
        if failure.kind is not Kind.BAD_PAYLOAD:
            raise
    return _translated(call, plain)


def _translated(call: Callable[[dict[str, Any]], Any], blocks: dict[str, Any]) -> Any:
    try:
        return call(blocks)
    except NETWORK as error:
        raise translate(error) from error
