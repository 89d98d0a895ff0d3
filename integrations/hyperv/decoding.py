"""Bytes of Windows programs to text: never fails, whatever the code page was."""

from __future__ import annotations

import codecs
import re

GUID = re.compile(r"\{?([0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})\}?")

QUOTES = "\"'“”„‟«»‘’‚‹›"
"""What may stand around a name: Windows' translations use their language's own quotation marks."""


def decode(raw: bytes) -> str:
    """Return the text of a program's output: by its byte order mark, else UTF-8, else code page 850.

    Our markers are all ASCII, so a wrong code page only spoils names with accents.
    """
    if raw.startswith(codecs.BOM_UTF8):
        return raw[len(codecs.BOM_UTF8) :].decode("utf-8", "replace")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    sample = raw[:512]
    if len(sample) >= 4 and sample[1::2].count(0) * 2 > len(sample[1::2]):
        return raw.decode("utf-16-le", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp850")


def lines(raw: bytes) -> list[str]:
    """Return the lines of a program's output without their ends (CRLF, LF, CR or CRCRLF)."""
    return re.split(r"\r*\n|\r", decode(raw))


def guids(line: str) -> list[str]:
    """Return every GUID of a line, lower case without braces, in order."""
    return [found.lower() for found in GUID.findall(line)]


def unquote(text: str) -> str:
    """Return a text without blanks and quotation marks around it."""
    return text.strip().strip(QUOTES).strip()
