"""Files written by `Export-Csv -NoTypeInformation -Encoding UTF8`: a BOM, a heading, everything quoted."""

from __future__ import annotations

import csv
import io

from integrations.hyperv.decoding import decode


def parse(raw: bytes) -> list[dict[str, str]]:
    """Return one mapping per row; missing cells are empty, surplus ones dropped, a torn row is kept as far as it goes."""
    text = decode(raw).replace("\0", "").lstrip("\ufeff\r\n")
    if text.startswith("#TYPE"):
        text = text.partition("\n")[2]
    rows: list[dict[str, str]] = []
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    try:
        for row in reader:
            rows.append({name.strip(): value for name, value in row.items() if isinstance(name, str)})
    except csv.Error:
        return rows  # what was read before the torn place is still true
    return rows
