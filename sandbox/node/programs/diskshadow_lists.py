"""DiskShadow's LIST, DELETE SHADOWS and what EXPOSE looks up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node.programs.diskshadow_io import BadSyntax
from sandbox.node.programs.diskshadow_text import USAGE
from sandbox.node.vss import codes
from sandbox.node.vss.codes import VssError

if TYPE_CHECKING:
    from sandbox.node.programs.diskshadow import DiskShadow
    from sandbox.node.vss.sets import ShadowCopy, ShadowCopySet


def show(shadow: DiskShadow, words: list[str]) -> None:
    """Execute LIST …; raises BadSyntax."""
    if words[:1] == ["writers"] and words[1:] in (["status"], [], ["metadata"], ["detailed"]):
        _writers(shadow)
    elif words == ["providers"]:
        _providers(shadow)
    elif words[:1] == ["shadows"] and words[1:]:
        found = [(made, copy) for made, copy in _surfaced(shadow) if _matches(made, copy, words[1:])]
        for made, copy in found:
            describe(shadow, made, copy)
        shadow.line(shadow.say.listed.format(n=len(found)) if found else shadow.say.none_listed)
    else:
        raise BadSyntax(USAGE["list"])


def _writers(shadow: DiskShadow) -> None:
    shadow.line(shadow.say.listing_status)
    shadow.session.gather(for_set=False)
    found = shadow.win.vss.writers()
    for writer in found:
        failure = codes.symbol(writer.failure)
        shadow.line(f'* WRITER "{writer.kind.name}"')
        shadow.line(f"\t- Status: {writer.state} ({codes.STATES[writer.state]})")
        shadow.line(f"\t- Writer Failure code: 0x{writer.failure:08x} ({failure})")
        shadow.line(f"\t- Writer ID: {writer.kind.guid}")
        shadow.line(f"\t- Instance ID: {writer.instance}")
    shadow.line(shadow.say.writers_listed.format(n=len(found)))


_TYPES = {"Hardware": 3, "Software": 2, "System": 1, "Fileshare": 4, "": 0}


def _providers(shadow: DiskShadow) -> None:
    found = shadow.win.vss.providers()
    for provider in found:
        number = _TYPES[provider.type]
        shadow.line(f"* ProviderID: {provider.id}")
        shadow.line(f"\tType: [{number}] VSS_PROV_{provider.type.upper() or 'UNKNOWN'}")
        shadow.line(f"\tName: {provider.name}")
        shadow.line(f"\tVersion: {provider.version}")
        shadow.line("")
    shadow.line(shadow.say.listing_providers.format(n=len(found)))


def _surfaced(shadow: DiskShadow) -> list[tuple[ShadowCopySet, ShadowCopy]]:
    """Return what VSS knows of; a transportable set that was never imported is only in its .cab."""
    return [
        (made, copy)
        for made in shadow.win.vss.sets
        if made.state in ("created", "completed") and not made.options.transportable
        for copy in made.shadows
    ]


def _matches(made: ShadowCopySet, copy: ShadowCopy, words: list[str]) -> bool:
    if words == ["all"]:
        return True
    if len(words) == 2 and words[0] == "set":
        return made.id.lower() == words[1]
    if len(words) == 2 and words[0] == "id":
        return copy.id.lower() == words[1]
    return (
        len(words) == 2 and words[0] == "volume" and copy.volume.path.lower() == words[1].rstrip("\\") + "\\"
    )


def surfaced(shadow: DiskShadow, shadow_id: str) -> ShadowCopy:
    """Return a shadow copy that can be exposed; raises VssError."""
    for _, copy in _surfaced(shadow):
        if copy.id.lower() == shadow_id.lower():
            return copy
    raise VssError(codes.OBJECT_NOT_FOUND)


def describe(shadow: DiskShadow, made: ShadowCopySet, copy: ShadowCopy) -> None:
    """Print one shadow copy as LIST SHADOWS and CREATE do."""
    env = shadow.call.env
    alias = next((name for name in env if env[name] == copy.id), "")
    set_alias = "VSS_SHADOW_SET" if env.get("VSS_SHADOW_SET") == made.id else ""
    created = shadow.win.culture.date_time(copy.created)
    shadow.line(f"\t* Shadow copy ID = {copy.id}" + (f"\t\t%{alias}%" if alias else ""))
    shadow.line(f"\t\t- Shadow copy set: {made.id}" + (f"\t%{set_alias}%" if set_alias else ""))
    shadow.line(f"\t\t- Original count of shadow copies = {len(made.shadows)}")
    shadow.line(f"\t\t- Original volume name: {copy.volume.guid_path} [{copy.volume.path}]")
    shadow.line(f"\t\t- Creation time: {created}")
    shadow.line(f"\t\t- Shadow copy device name: {copy.device}")
    shadow.line(f"\t\t- Originating machine: {shadow.win.fqdn}")
    shadow.line(f"\t\t- Service machine: {shadow.win.fqdn}")
    shadow.line("\t\t- Not exposed")
    shadow.line(f"\t\t- Provider ID: {copy.provider}")
    shadow.line(f"\t\t- Attributes:  {attributes(made)}")
    shadow.line("")


def attributes(made: ShadowCopySet) -> str:
    """Return the attribute words of a set in DiskShadow's spelling."""
    options = made.options
    words = ["No_Auto_Release", "Persistent"] if options.persistent else []
    words += [] if options.writers else ["No_Writers"]
    words += ["Transportable"] if options.transportable else []
    words += ["Differential"] if options.differential else ["Plex"]
    return " ".join(words)


def delete(shadow: DiskShadow, words: list[str]) -> None:
    """Execute DELETE SHADOWS …; raises BadSyntax."""
    if words[:1] != ["shadows"] or len(words) < 2:
        raise BadSyntax(USAGE["delete"])
    found = [(made, copy) for made, copy in _surfaced(shadow) if _matches(made, copy, words[1:])]
    for made, copy in found:
        shadow.line(
            f"Deleting shadow copy {copy.id} on volume {copy.volume.path} from provider {copy.provider} "
            "[Attributes: 0x00420009]..."
        )
        made.shadows.remove(copy)
    shadow.line("")
    shadow.line(shadow.say.deleted.format(n=len(found)))
