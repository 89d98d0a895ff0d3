"""What the use cases need from outside, as small protocols; integrations provide them, tests fake them."""

from bot.ports.arrays import Arrays
from bot.ports.engine import Clock, Engine, Render, Steps, Stopped
from bot.ports.errors import Conflict, Refused, StoreUnavailable, Unreachable
from bot.ports.nodes import KitState, Nodes, RunFolder, RunRecord
from bot.ports.store import Audit, AuditEntry, Message, Outbox, Request, Runs

__all__ = [
    "Arrays",
    "Audit",
    "AuditEntry",
    "Clock",
    "Conflict",
    "Engine",
    "KitState",
    "Message",
    "Nodes",
    "Outbox",
    "Refused",
    "Render",
    "Request",
    "RunFolder",
    "RunRecord",
    "Runs",
    "Steps",
    "Stopped",
    "StoreUnavailable",
    "Unreachable",
]
