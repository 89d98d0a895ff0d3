"""What people type: one line of text in, a wish or a complaint out; only names that are known get through."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.domain.backup import NAME, RUN_ID, Target
from bot.domain.typed import Hidden, listed, nearest, shown, split

MOST_CHARACTERS = 2_000
CODE = re.compile(r"-?[a-z0-9][a-z0-9_-]{0,60}")
"""What `explain` takes: an HRESULT or one of our own codes."""

ALIASES = {
    "backup": "backup", "b": "backup", "bak": "backup",
    "status": "status", "st": "status", "ls": "status", "list": "status",
    "show": "show", "info": "show",
    "cancel": "cancel", "stop": "cancel", "abort": "cancel",
    "explain": "explain", "why": "explain",
    "help": "help", "h": "help", "?": "help",
}  # fmt: skip
VERBS = tuple(dict.fromkeys(ALIASES.values()))


@dataclass(frozen=True)
class Known:
    """What may be named: clusters with their volumes in configuration order, and our slash command."""

    clusters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    command: str = "/vss"

    def example(self, verb: str) -> str:
        """Return a whole command line that works here, in code marks, for one of VERBS."""
        if verb == "backup":
            cluster = next(iter(self.clusters), "CLUSTER")
            volume = next(iter(self.clusters.get(cluster, ())), "VOLUME")
            return f"`{self.command} backup {cluster} {volume}`"
        word = {"show": " RUN", "cancel": " RUN", "explain": " 0x80042306"}.get(verb, "")
        return f"`{self.command} {verb}{word}`"


@dataclass(frozen=True)
class Backup:
    """A wish for one shadow copy set: known names, in configuration order, each once."""

    cluster: str
    volumes: tuple[str, ...]

    @property
    def target(self) -> Target:
        """Return the wish as a target."""
        return Target(self.cluster, self.volumes)


@dataclass(frozen=True)
class Status:
    """A wish to know what runs, or how one run stands; `run` is an id or the end of one, not looked up yet."""

    run: str | None = None


@dataclass(frozen=True)
class Show:
    """A wish to see all of one run."""

    run: str


@dataclass(frozen=True)
class Cancel:
    """A wish to stop a run before its shadow copy."""

    run: str


@dataclass(frozen=True)
class Explain:
    """A wish to have a code explained, in lower case as typed."""

    code: str


@dataclass(frozen=True)
class Help:
    """A wish to know what can be typed."""


@dataclass(frozen=True)
class Complaint:
    """Why a line was not understood, in one sentence; it may hold outside text, so escape it when shown."""

    code: str
    sentence: str
    wrong: str = ""
    nearest: tuple[str, ...] = ()


Wish = Backup | Status | Show | Cancel | Explain | Help


def parse(text: str, known: Known) -> Wish | Complaint:
    """Understand one command line. Anything unknown, doubtful or hidden is a Complaint, never a guess."""
    if len(text) > MOST_CHARACTERS:  # first, so that a long text costs nothing
        return Complaint(
            "too-long",
            f"That command has {len(text):,} characters, but at most {MOST_CHARACTERS:,} are read: "
            f"try {known.example('backup')}.",
        )
    words = split(text)
    if isinstance(words, Hidden):
        return _hidden(words, known)
    if not words:
        return Help()
    verb = ALIASES.get(words[0].lower()) if words[0].isascii() else None
    if verb is None:
        return _unknown_verb(words, known)
    return _READERS[verb](words[1:], known)


def _name(word: str) -> str | None:
    """Return a word as a name if it is one; only ASCII is folded, so no look-alike becomes a name."""
    lower = word.lower() if word.isascii() else word
    return lower if NAME.fullmatch(lower) else None


def _hidden(found: Hidden, known: Known) -> Complaint:
    name = unicodedata.name(found.character, "a control character").lower()
    what = "a line break" if found.character in "\n\r\x85\u2028\u2029" else name
    words = re.findall(r"[a-z0-9-]+", found.line.lower()[:200])
    cluster = next((word for word in words if word in known.clusters), "")
    volumes = [volume for volume in known.clusters.get(cluster, ()) if volume in words]
    meant = f"`{known.command} backup {cluster} {' '.join(volumes)}`" if volumes else known.example("backup")
    return Complaint(
        "hidden-character",
        f"That command holds {what} (U+{ord(found.character):04X}), which is never read: "
        f"type it by hand on one line, such as {meant}.",
        wrong=shown(found.line),
        nearest=(cluster, *volumes) if cluster else (),
    )


def _unknown_verb(words: list[str], known: Known) -> Complaint:
    wrong = shown(words[0])
    if _name(words[0]) in known.clusters:
        meant = f"`{known.command} backup {_name(words[0])} VOLUME`"
        return Complaint("no-verb", f"`{wrong}` is a cluster, not a command: try {meant}.", wrong)
    close = tuple(dict.fromkeys(ALIASES[name] for name in nearest(words[0], ALIASES)))
    hint = f"try {known.example('help')}"
    if close:
        hint = f"the nearest is `{close[0]}`, such as {known.example(close[0])}"
    return Complaint(
        "unknown-verb", f"`{wrong}` is not a command; {listed(VERBS)} are, and {hint}.", wrong, close
    )


def _backup(words: list[str], known: Known) -> Wish | Complaint:
    if not words:
        return Complaint(
            "no-cluster",
            f"`backup` needs a cluster and one or more of its volumes, such as {known.example('backup')}.",
        )
    cluster = _name(words[0])
    if cluster is None or cluster not in known.clusters:
        return _unknown_cluster(words, known)
    have = known.clusters[cluster]
    if not words[1:]:
        return Complaint(
            "no-volume",
            f"`backup {cluster}` needs one or more volumes of that cluster ({listed(have)}), "
            f"such as `{known.command} backup {cluster} {have[0] if have else 'VOLUME'}`.",
        )
    wrong = next((word for word in words[1:] if _name(word) not in have), None)
    if wrong is not None:
        return _unknown_volume(wrong, cluster, known)
    wanted = {_name(word) for word in words[1:]}
    return Backup(cluster, tuple(volume for volume in have if volume in wanted))


def _unknown_cluster(words: list[str], known: Known) -> Complaint:
    wrong = shown(words[0])
    holders = [cluster for cluster, volumes in known.clusters.items() if _name(words[0]) in volumes]
    if holders:
        volume = _name(words[0]) or ""
        others = [v for w in words[1:] if (v := _name(w)) in known.clusters[holders[0]] and v is not None]
        meant = f"`{known.command} backup {holders[0]} {' '.join([volume, *others])}`"
        where = f"it is on {listed(holders, 'and')}" + (" only" if len(holders) == 1 else "")
        return Complaint(
            "cluster-first",
            f"`{wrong}` is a volume and {where}, so name the cluster first: {meant}.",
            wrong,
            tuple(holders[:3]),
        )
    names = tuple(known.clusters)
    close = nearest(words[0], names)
    volumes = [volume for volume in known.clusters[close[0]] if volume in words[1:]] if close else []
    line = f"{known.command} backup {close[0]} {' '.join(volumes)}" if volumes and len(close) == 1 else ""
    return _unknown("unknown-cluster", f"`{wrong}` is not a known cluster", wrong, (close, names), line)


def _unknown_volume(word: str, cluster: str, known: Known) -> Complaint:
    have, wrong = known.clusters[cluster], shown(word)
    glued = {_name(part) for part in re.split(r"[,;+&]", word)}  # volume1,volume2
    close = tuple(volume for volume in have if volume in glued) if glued <= set(have) else nearest(word, have)
    meant = glued <= set(have) or len(close) == 1
    line = f"{known.command} backup {cluster} {' '.join(close)}" if meant else ""
    what = f"`{wrong}` is not a volume of {cluster}"
    return _unknown("unknown-volume", what, wrong, (close, have), line)


def _unknown(
    code: str, what: str, wrong: str, names: tuple[tuple[str, ...], tuple[str, ...]], line: str
) -> Complaint:
    """Say what is not known, with the nearest names or, failing that, those that would be accepted."""
    close, accepted = names
    if not accepted:
        return Complaint(code, f"{what}: none is configured.", wrong)
    if not close:
        return Complaint(code, f"{what}: {listed(accepted)} would be accepted.", wrong)
    joint = "and" if line else "or"
    meant = f", so try `{line}`" if line else ""
    verb = "is" if len(close) == 1 else "are"
    return Complaint(code, f"{what}; the nearest {verb} {listed(close, joint)}{meant}.", wrong, close)


def _status(words: list[str], known: Known) -> Wish | Complaint:
    return _with_run("status", words, known, Status) if words else Status()


def _show(words: list[str], known: Known) -> Wish | Complaint:
    return _with_run("show", words, known, Show)


def _cancel(words: list[str], known: Known) -> Wish | Complaint:
    return _with_run("cancel", words, known, Cancel)


def _with_run(verb: str, words: list[str], known: Known, wish: Callable[[str], Wish]) -> Wish | Complaint:
    listing = f"{known.example('status')} lists the runs"
    if len(words) != 1:
        count = "no word" if not words else f"{len(words)} words"
        return Complaint("one-run", f"`{verb}` takes one run's id, and {count} followed it: {listing}.")
    run = words[0].lower() if words[0].isascii() else ""
    if not RUN_ID.fullmatch(run):
        wrong = shown(words[0])
        return Complaint(
            "no-run-id",
            f"`{wrong}` is not a run's id, which looks like `cluster1-20261123t065500123z-4f2a` "
            f"(its end is enough): {listing}.",
            wrong,
        )
    return wish(run)


def _explain(words: list[str], known: Known) -> Wish | Complaint:
    if len(words) == 1 and words[0].isascii() and CODE.fullmatch(words[0].lower()):
        return Explain(words[0].lower())
    wrong = shown(" ".join(words))
    what = f"`{wrong}` is not one code" if words else "`explain` needs a code"
    return Complaint(
        "no-code", f"{what}: give one as it was printed, such as {known.example('explain')}.", wrong
    )


def _help(words: list[str], known: Known) -> Wish | Complaint:
    del words, known  # `help backup` shows the same help
    return Help()


_READERS: dict[str, Callable[[list[str], Known], Wish | Complaint]] = {
    "backup": _backup,
    "status": _status,
    "show": _show,
    "cancel": _cancel,
    "explain": _explain,
    "help": _help,
}
