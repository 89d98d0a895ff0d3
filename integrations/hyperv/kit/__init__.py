"""The node kit: the plain text files an administrator installs once on each node, and their hashes."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

from bot.domain.vss import PURE_PROVIDER

ROOT = r"C:\vssbot"
TASK = r"\vssbot\run"


class KitError(ValueError):
    """A volume cannot be written into the kit; the text says which and why."""


def scripts() -> dict[str, bytes]:
    """Return the files that are installed into kit\\, by name, without the volumes."""
    folder = files(__name__) / "files" / "kit"
    return {item.name: item.read_bytes() for item in _sorted(folder) if item.is_file()}


def version() -> str:
    """Return the kit's version."""
    return scripts()["version.txt"].decode("ascii").strip()


def volume_line(path: str, alias_number: int) -> bytes:
    """Return the one line of a volume's file.

    A CSV path is used unquoted and with a closing backslash, as the vendor's recorded script has it;
    no recording shows a quoted one, so a path with a blank is refused. Raises KitError.
    """
    if not path.isascii() or any(c in path for c in ' \t"%&|<>^\r\n'):
        raise KitError(
            f"the path {path!r} has a blank or special character; mount the CSV under a plain name"
        )
    return f"add volume {path.rstrip(chr(92))}\\ alias vssbot_{alias_number} provider {{{PURE_PROVIDER}}}\r\n".encode(
        "ascii"
    )


def volume_files(volumes: Mapping[str, str]) -> dict[str, bytes]:
    """Return the files of kit\\volumes for short name -> CSV path; aliases count from 1 in that order."""
    lines = enumerate(volumes.items(), start=1)
    return {f"{name}.dsh": volume_line(path, number) for number, (name, path) in lines}


def build_zip(volumes: Mapping[str, str]) -> bytes:
    """Return the zip an administrator unpacks on a node; the same input gives the same bytes."""
    top = files(__name__) / "files"
    content = {item.name: item.read_bytes() for item in _sorted(top) if item.is_file()}
    content |= {f"kit/{name}": data for name, data in scripts().items()}
    content |= {f"kit/volumes/{name}": data for name, data in volume_files(volumes).items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data)
    return out.getvalue()


def hashes(volumes: Mapping[str, str]) -> dict[str, str]:
    """Return the SHA-256 of every installed file, by its path below kit\\ with forward slashes."""
    content = scripts() | {f"volumes/{name}": data for name, data in volume_files(volumes).items()}
    return {name: hashlib.sha256(data).hexdigest() for name, data in content.items()}


def _sorted(folder: Traversable) -> list[Traversable]:
    return sorted(folder.iterdir(), key=lambda item: item.name)
