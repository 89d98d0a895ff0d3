"""Writes small uncompressed .cab files (MS-CAB 2: CFHEADER, CFFOLDER, CFFILE, CFDATA)."""

from __future__ import annotations

import struct
from collections.abc import Mapping

_BLOCK = 32768


def cabinet(files: Mapping[str, bytes]) -> bytes:
    """Return a cabinet with these files in one uncompressed folder."""
    content = b"".join(files.values())
    blocks = [content[start : start + _BLOCK] for start in range(0, len(content), _BLOCK)]
    entries = b""
    offset = 0
    for name, data in files.items():
        # Size, place in the folder, folder 0, DOS date and time of 1980-01-01, attribute "archive".
        entries += struct.pack("<IIHHHH", len(data), offset, 0, 0x21, 0, 0x20) + name.encode() + b"\0"
        offset += len(data)
    first_file = 36 + 8
    first_data = first_file + len(entries)
    body = b"".join(struct.pack("<IHH", 0, len(block), len(block)) + block for block in blocks)
    head = struct.pack(
        "<4sIIIIIBBHHHHH",
        b"MSCF", 0, first_data + len(body), 0, first_file, 0, 3, 1, 1, len(files), 0, 0, 0,
    )  # fmt: skip
    return head + struct.pack("<IHH", first_data, len(blocks), 0) + entries + body
