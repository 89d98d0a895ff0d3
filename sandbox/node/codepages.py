"""Text and bytes by a console's code page."""

from __future__ import annotations


def encode(text: str, codepage: int) -> bytes:
    """Encode console output; what the code page cannot show becomes "?", as WideCharToMultiByte does."""
    if codepage == 65001:
        return text.encode("utf-8", "replace")
    return text.encode(f"cp{codepage}", "replace")


def decode(content: bytes, codepage: int) -> str:
    """Decode bytes that cmd.exe or a console program reads, by the console's code page."""
    if codepage == 65001:
        return content.decode("utf-8", "replace")
    return content.decode(f"cp{codepage}", "replace")
