"""Which shells are open on the nodes, as empty files in a folder: names only, nothing to corrupt."""

from __future__ import annotations

from pathlib import Path


class FolderLedger:
    """Implements the ledger of shells; the folder is made when first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def opened(self, node: str, shell_id: str) -> None:
        """Note an open shell."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._file(node, shell_id).touch()

    def closed(self, node: str, shell_id: str) -> None:
        """Forget a shell."""
        self._file(node, shell_id).unlink(missing_ok=True)

    def left_behind(self) -> list[tuple[str, str]]:
        """Return (node, shell id) of every shell that was noted and not closed."""
        if not self._folder.is_dir():
            return []
        names = sorted(path.name for path in self._folder.iterdir())
        return [(node, shell_id) for node, mark, shell_id in (name.partition("~") for name in names) if mark]

    def _file(self, node: str, shell_id: str) -> Path:
        safe = "".join(c for c in shell_id if c.isalnum() or c == "-")
        return self._folder / f"{node}~{safe}"
