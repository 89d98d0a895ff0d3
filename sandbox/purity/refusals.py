"""How the array says no: the exception that carries a REST 1.x error body."""

from __future__ import annotations

DESTROYED = " has been destroyed. It can be recovered by {0} recover and eradicated by {0} eradicate."


class Refused(Exception):
    """The array refuses a request; `context` is the object it speaks of, `status` the HTTP status."""

    def __init__(self, context: str, message: str, status: int = 400) -> None:
        super().__init__(f"{context}: {message}")
        self.context = context
        self.message = message
        self.status = status

    def body(self) -> list[dict[str, object]]:
        """Return the error list of REST 1.x; the numbers in it are not proved by any capture."""
        row: dict[str, object] = {"pure_err_key": "err.friendly", "code": 0, "ctx": self.context}
        return [row | {"pure_err_code": 1, "msg": self.message}]


def no_volume(name: str) -> Refused:
    """No live volume of that name; also the answer for a missing one on GET (400, not 404)."""
    return Refused(name, "Volume does not exist.")


def no_snapshot(name: str) -> Refused:
    """Neither a volume nor a snapshot has that name."""
    return Refused(name, "No such volume or snapshot.")


def no_group(name: str) -> Refused:
    """No protection group of that name."""
    return Refused(name, "Protection group does not exist.")


def destroyed(name: str, what: str, command: str) -> Refused:
    """The object waits for its eradication; `command` is Purity's own, such as purevol."""
    return Refused(name, what + DESTROYED.format(command))
