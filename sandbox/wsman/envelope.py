"""Reading a WS-Management request and writing the envelope of its answer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from sandbox.wsman import names
from sandbox.wsman.durations import parse_duration

_ENVELOPE = (
    f'<s:Envelope xml:lang="en-US" xmlns:s="{names.SOAP}" xmlns:a="{names.ADDRESSING}"'
    f' xmlns:x="{names.TRANSFER}" xmlns:e="{names.EVENTING}" xmlns:n="{names.ENUMERATION}"'
    f' xmlns:w="{names.WSMAN}" xmlns:rsp="{names.SHELL}" xmlns:p="{names.WSMV}">'
)


# MaxEnvelopeSizekb of a Windows service.
_DEFAULT_MAX_ENVELOPE = 500 * 1024


class MalformedEnvelope(ValueError):
    """The request is not an envelope with an action."""


@dataclass(frozen=True)
class Request:
    """One WS-Management request, as far as a remote shell needs it."""

    action: str
    message_id: str
    resource_uri: str
    selectors: dict[str, str]
    options: dict[str, str]
    operation_timeout_s: float | None
    max_envelope_bytes: int
    body: Element | None

    @property
    def shell_id(self) -> str:
        """The addressed shell's id, upper-case, or "" (selector names are compared without case)."""
        return next((v.upper() for k, v in self.selectors.items() if k.lower() == "shellid"), "")


def upper_id() -> str:
    """Return a new id the way Windows writes it on this wire: upper-case."""
    return str(uuid.uuid4()).upper()


def parse(data: bytes) -> Request:
    """Read a request. Raises MalformedEnvelope."""
    try:
        root = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError) as err:
        raise MalformedEnvelope(str(err)) from err
    header = root.find(f"{{{names.SOAP}}}Header")
    if header is None:
        raise MalformedEnvelope("no s:Header")
    body = root.find(f"{{{names.SOAP}}}Body")
    action = _text(header, f"{{{names.ADDRESSING}}}Action")
    if not action:
        raise MalformedEnvelope("no a:Action")
    return Request(
        action=action,
        message_id=_text(header, f"{{{names.ADDRESSING}}}MessageID"),
        resource_uri=_text(header, f"{{{names.WSMAN}}}ResourceURI"),
        selectors=_named(header, "SelectorSet", "Selector"),
        options=_named(header, "OptionSet", "Option"),
        operation_timeout_s=_timeout(header),
        max_envelope_bytes=_max_envelope(header),
        body=next(iter(body), None) if body is not None else None,
    )


def reply(action: str, request_id: str | None, body: str) -> bytes:
    """Write the envelope of an answer; `body` is XML; `request_id` None leaves a:RelatesTo out."""
    relates = "" if request_id is None else f"<a:RelatesTo>{escape(request_id)}</a:RelatesTo>"
    return (
        f"{_ENVELOPE}<s:Header><a:Action>{action}</a:Action><a:MessageID>uuid:{upper_id()}</a:MessageID>"
        f"<p:ActivityId>{upper_id()}</p:ActivityId><a:To>{names.ANONYMOUS}</a:To>{relates}</s:Header>"
        f"<s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def rsp(name: str) -> str:
    """Return the qualified name of an element of the remote shell schema."""
    return f"{{{names.SHELL}}}{name}"


def _text(parent: Element, tag: str) -> str:
    return (parent.findtext(tag) or "").strip()


def _named(header: Element, group: str, item: str) -> dict[str, str]:
    path = f"{{{names.WSMAN}}}{group}/{{{names.WSMAN}}}{item}"
    return {e.get("Name", ""): (e.text or "").strip() for e in header.findall(path)}


def _max_envelope(header: Element) -> int:
    text = _text(header, f"{{{names.WSMAN}}}MaxEnvelopeSize")
    return int(text) if text.isdecimal() else _DEFAULT_MAX_ENVELOPE


def _timeout(header: Element) -> float | None:
    text = _text(header, f"{{{names.WSMAN}}}OperationTimeout")
    if not text:
        return None
    try:
        return parse_duration(text)
    except ValueError as err:
        raise MalformedEnvelope(str(err)) from err
