"""What a DiskShadow script has set so far: context, options, writers, volumes, metadata."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.node.programs.diskshadow_io import BadSyntax
from sandbox.node.programs.diskshadow_text import USAGE
from sandbox.node.vss import codes
from sandbox.node.vss.codes import VssError
from sandbox.node.vss.sets import Options, Wanted

if TYPE_CHECKING:
    from sandbox.node.vss.service import VssService

_OPTIONS = {"differential", "plex", "transportable", "rollbackrecover", "txfrecover", "noautorecover"}


@dataclass
class Settings:
    """The state that RESET forgets; a new script begins with context volatile and all writers."""

    context: str = "volatile"
    writers: bool = True
    chosen: set[str] = field(default_factory=set)
    metadata: str = ""
    wanted: list[Wanted] = field(default_factory=list)
    excluded: set[str] = field(default_factory=set)
    verified: set[str] = field(default_factory=set)
    full: bool = False

    def set_context(self, values: list[str]) -> None:
        """Execute SET CONTEXT; raises BadSyntax."""
        if values == ["clientaccessible"]:
            self.context, self.writers = "clientaccessible", True
        elif values and values[0] in ("persistent", "volatile") and values[1:] in ([], ["nowriters"]):
            self.context, self.writers = values[0], len(values) == 1
        else:
            raise BadSyntax(USAGE["set context"])

    def set_option(self, values: list[str]) -> None:
        """Execute SET OPTION; raises BadSyntax."""
        if not values or not set(values) <= _OPTIONS:
            raise BadSyntax(USAGE["set option"])
        self.chosen = set(values)

    def add_volume(self, vss: VssService, words: list[str]) -> None:
        """Execute ADD VOLUME with the words after it; raises BadSyntax or VssError."""
        named = dict(zip([word.lower() for word in words[1::2]], words[2::2], strict=False))
        if len(words) % 2 == 0 or set(named) - {"alias", "provider"}:
            raise BadSyntax(USAGE["add"])
        volume = vss.volume(words[0])
        if any(one.volume == volume for one in self.wanted):
            raise VssError(codes.OBJECT_ALREADY_EXISTS)
        provider = named.get("provider", "").lower()
        if provider and provider not in {known.id.lower() for known in vss.providers()}:
            raise VssError(codes.PROVIDER_NOT_REGISTERED)
        alias = named.get("alias", f"VSS_SHADOW_{len(self.wanted) + 1}")
        self.wanted.append(Wanted(volume, alias, provider))

    def options(self) -> Options:
        """Return what CREATE hands to VSS."""
        return Options(
            persistent=self.context != "volatile",
            client_accessible=self.context == "clientaccessible",
            writers=self.writers,
            transportable="transportable" in self.chosen,
            differential="plex" not in self.chosen,
            excluded=frozenset(self.excluded),
            verified=frozenset(self.verified),
            full=self.full,
        )
