"""One REST 1.x request on its way through the array, and the shape of the functions that answer it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.purity.arguments import Arguments
from sandbox.purity.listing import LIST_ARGUMENTS, Row, page
from sandbox.purity.model import FlashArray
from sandbox.purity.objects import Account


@dataclass
class Call:
    """Who asks for what: the names in the path, the arguments, and headers for the reply."""

    array: FlashArray
    account: Account
    names: tuple[str, ...]
    arguments: Arguments
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def user(self) -> str:
        """The account's name, as the audit trail shows it."""
        return self.account.name

    def allow(self, *known: str, listing: bool = False) -> None:
        """Refuse every argument that is not `known`, nor one of a list's own."""
        self.arguments.refuse_others((*known, *LIST_ARGUMENTS) if listing else known)

    def list(self, rows: list[Row]) -> list[Row]:
        """Return the page that is asked for and set the header that names the next one."""
        rows, token = page(rows, self.arguments)
        if token is not None:
            self.headers["x-next-token"] = token
        return rows


Answer = Callable[[Call], object]
