"""`pureproviderconfig list`: one row per array that the provider on a node knows."""

from __future__ import annotations

from bot.domain.vss import ProviderArray
from integrations.hyperv.decoding import lines

_YES = frozenset({"yes", "true"})


def parse(raw: bytes) -> tuple[ProviderArray, ...]:
    """Return the rows below the heading, its columns aligned or squeezed; whatever is not `yes` counts as no.

    The only samples are the vendor's guide, without any row that is not good: a word that is not
    understood must not let a backup begin.
    """
    return tuple(row for line in lines(raw) if (row := _row(line.split())) is not None)


def _row(words: list[str]) -> ProviderArray | None:
    # Columns: URL, Compatible, Online, Authenticated, Array Name. Other verbs print the name first.
    if len(words) < 4 or "://" not in words[0]:
        return None
    flags = [word.lower() in _YES for word in words[1:4]]
    return ProviderArray(
        url=words[0],
        name=" ".join(words[4:]),
        compatible=flags[0],
        online=flags[1],
        authenticated=flags[2],
    )
