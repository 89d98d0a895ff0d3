"""Which components of which writers a backup takes in: the reasoning DiskShadow shows with verbose on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sandbox.node.vss.writers import Component, Writer


@dataclass(frozen=True)
class Offer:
    """A writer with all components it offers in this session."""

    writer: Writer
    components: tuple[Component, ...]


@dataclass(frozen=True)
class Verdict:
    """What became of one writer: (component, missing volume) left out, and components taken in."""

    writer: Writer
    left_out: tuple[tuple[str, str], ...] = ()
    included: tuple[str, ...] = ()
    spoiler: str = ""  # the non-selectable component whose loss excludes the writer
    excluded_by_name: bool = False


def select(offers: Iterable[Offer], volumes: Sequence[str], excluded: frozenset[str]) -> list[Verdict]:
    """Judge every writer; `volumes` end in a backslash, `excluded` holds ids, names and components."""
    have = {volume.lower() for volume in volumes}
    return [_judge(offer, have, excluded) for offer in offers]


def _judge(offer: Offer, have: set[str], excluded: frozenset[str]) -> Verdict:
    kind = offer.writer.kind
    if kind.guid.lower() in excluded or kind.name.lower() in excluded:
        return Verdict(offer.writer, excluded_by_name=True)
    wanted = [part for part in offer.components if part.path.lower() not in excluded]
    left_out = []
    included = []
    spoiler = ""
    for part in wanted:
        missing = next((volume for volume in part.volumes if volume.lower() not in have), None)
        if missing is None:
            included.append(part.path)
            continue
        left_out.append((part.path, missing))
        spoiler = spoiler or ("" if part.selectable else part.path)
    if not included or spoiler:
        return Verdict(offer.writer, tuple(left_out), (), spoiler if included else "")
    return Verdict(offer.writer, tuple(left_out), tuple(included))
