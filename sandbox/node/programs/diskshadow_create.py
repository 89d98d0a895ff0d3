"""DiskShadow's CREATE: what it prints, the aliases it sets and the metadata .cab it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from sandbox.node import errors, paths, rights
from sandbox.node.errors import FileError
from sandbox.node.programs import diskshadow_lists as lists
from sandbox.node.programs.cabinet import cabinet
from sandbox.node.vss import codes
from sandbox.node.vss.codes import VssError

if TYPE_CHECKING:
    from sandbox.node.programs.diskshadow import DiskShadow
    from sandbox.node.vss.selection import Verdict
    from sandbox.node.vss.sets import Options, ShadowCopySet


class Creation:
    """One CREATE."""

    def __init__(self, shadow: DiskShadow, options: Options) -> None:
        self.shadow = shadow
        self.options = options

    def run(self) -> None:
        """Create the set of the volumes added; raises VssError."""
        shadow = self.shadow
        if not shadow.settings.wanted:
            raise VssError(codes.BAD_STATE)
        if self.options.writers:
            shadow.session.gather(remote=any(one.volume.csv for one in shadow.settings.wanted))
            verdicts = shadow.session.choose(shadow.settings.wanted, self.options)
            if shadow.verbose:
                self._tell(verdicts)
        if shadow.win.unknowns.harmless_com_error:
            shadow.line('COM call "lvssObject4->GetRootAndLogicalPrefixPaths" failed.')
        made = shadow.session.create(shadow.settings.wanted, self.options)
        self._set_aliases(made)
        self._write_metadata(made)
        shadow.settings.wanted = []
        if not self.options.transportable:
            self._query(made)

    def _tell(self, verdicts: list[Verdict]) -> None:
        shadow, say = self.shadow, self.shadow.say
        left_out = False
        for verdict in verdicts:
            name = verdict.writer.kind.name
            for path, volume in verdict.left_out:
                shadow.line(say.left_out.format(path=path, writer=name, volume=volume))
                left_out = True
            if verdict.spoiler:
                shadow.line(say.entirely.format(writer=name, path=verdict.spoiler))
            elif not verdict.included and not verdict.excluded_by_name:
                shadow.line(say.excluding.format(writer=name))
                left_out = True
        if left_out:
            shadow.line("")
        for verdict in verdicts:
            if verdict.included:
                shadow.line(say.including.format(writer=verdict.writer.kind.name))
                for path in verdict.included:
                    shadow.line(say.adding.format(path=path))
                shadow.line("")

    def _set_aliases(self, made: ShadowCopySet) -> None:
        shadow, say = self.shadow, self.shadow.say
        for one, copy in zip(shadow.settings.wanted, made.shadows, strict=True):
            shadow.call.env[one.alias] = copy.id
            shadow.line(say.alias.format(alias=one.alias, id=copy.id))
        shadow.call.env["VSS_SHADOW_SET"] = made.id
        shadow.line(say.alias_set.format(id=made.id))

    def _write_metadata(self, made: ShadowCopySet) -> None:
        shadow = self.shadow
        path = shadow.settings.metadata or paths.absolute(self._default_name(), shadow.call.cwd)
        writers = shadow.session.verdicts if self.options.writers else []
        files = {"Manifest.xml": b"<Manifest/>\r\n", "BCDocument.xml": _document(made, writers)}
        for number, verdict in enumerate(writers):
            files[f"WM{number}.xml"] = _metadata(verdict)
        files[f"Dis{shadow.call.process.pid & 0xFFFF:04X}.tmp"] = b""
        if shadow.verbose:
            for file in files:
                shadow.line(shadow.say.inserted.format(file=file, cab=paths.leaf(path)))
        try:
            self._need_temporary_folder()
            shadow.call.machine.files.write(path, cabinet(files), shadow.call.user)
        except FileError as err:
            raise VssError(0x80070000 + err.code) from err

    def _need_temporary_folder(self) -> None:
        """DiskShadow builds the .cab from files in TEMP, that is, after the snapshot; raises FileError."""
        call = self.shadow.call
        folder = call.env.get("TEMP", call.env.get("TMP", "C:\\Windows"))
        if not call.machine.files.is_dir(folder):
            raise FileError(errors.PATH_NOT_FOUND, folder)
        if not call.machine.files.allows(folder, call.user, rights.ADD_FILE):
            raise FileError(errors.ACCESS_DENIED, folder)

    def _default_name(self) -> str:
        # Seen once, with the hour missing: "2024-08-12_-27-04_LAB-RAT.cab".
        at = self.shadow.win.now().astimezone(self.shadow.win.culture.zone)
        return f"{at:%Y-%m-%d}_-{at:%M-%S}_{self.shadow.win.name}.cab"

    def _query(self, made: ShadowCopySet) -> None:
        shadow = self.shadow
        shadow.line("")
        shadow.line(shadow.say.querying.format(id=made.id))
        shadow.line("")
        for copy in made.shadows:
            lists.describe(shadow, made, copy)
        shadow.line(shadow.say.listed.format(n=len(made.shadows)))


def _document(made: ShadowCopySet, verdicts: list[Verdict]) -> bytes:
    copies = "".join(f'<SNAPSHOT_DESCRIPTION snapshotId="{escape(copy.id)}"/>' for copy in made.shadows)
    taken = "".join(
        f'<WRITER_COMPONENTS writerId="{verdict.writer.kind.guid}">'
        + "".join(f'<COMPONENT componentName="{escape(path)}"/>' for path in verdict.included)
        + "</WRITER_COMPONENTS>"
        for verdict in verdicts
        if verdict.included
    )
    kind = "full" if made.options.full else "copy"
    text = (
        f'<BACKUP_COMPONENTS version="1.0" backupType="{kind}">{taken}'
        f'<SNAPSHOT_SET_DESCRIPTION snapshotSetId="{escape(made.id)}">{copies}</SNAPSHOT_SET_DESCRIPTION>'
        "</BACKUP_COMPONENTS>"
    )
    return text.encode("utf-16")


def _metadata(verdict: Verdict) -> bytes:
    kind = verdict.writer.kind
    return f'<WRITER_METADATA writerId="{kind.guid}" friendlyName="{escape(kind.name)}"/>'.encode("utf-16")
