"""Who may do what: deny by default, decided by immutable ids, never by a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.backup import Actor
from bot.domain.catalog import Catalog

OPERATOR_VERBS = frozenset({"backup", "cancel"})
VIEWER_VERBS = frozenset({"status", "show"})

Members = Callable[[str], frozenset[str]]
"""Returns the members of a user group by its id; an unknown or unreachable group has none."""


@dataclass(frozen=True)
class Decision:
    """Yes or no, the rule that said it, and who could change it."""

    allowed: bool
    rule: str
    who_can: str = ""


def decide(catalog: Catalog, actor: Actor, verb: str, cluster: str, members: Members) -> Decision:
    """Decide whether an actor may do `verb` on a cluster.

    The command line is run by whoever may read the secrets on the bot's machine: it may do everything.
    """
    if not actor.is_slack:
        return Decision(True, "command line on the bot's machine")
    if _holds(catalog.admins, actor, members):
        return Decision(True, "slack.admins")
    part = catalog.clusters[cluster]
    if verb in OPERATOR_VERBS | VIEWER_VERBS and _holds(part.operators, actor, members):
        return Decision(True, f"clusters.{cluster}.operators")
    if verb in VIEWER_VERBS and _holds(part.viewers, actor, members):
        return Decision(True, f"clusters.{cluster}.viewers")
    role = "operators" if verb in OPERATOR_VERBS else "viewers or operators"
    return Decision(False, "deny by default", f"an admin can add you to the {role} of {cluster}")


def _holds(ids: frozenset[str], actor: Actor, members: Members) -> bool:
    return actor.id in ids or any(actor.id in members(group) for group in ids if group.startswith("S"))
