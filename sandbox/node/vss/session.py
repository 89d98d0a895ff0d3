"""A requester's session with VSS, from the writers' metadata to the end of the backup."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.node.vss import codes, diag, events, faults, guests, writers
from sandbox.node.vss.array_rest import ArrayRefused
from sandbox.node.vss.codes import VssError
from sandbox.node.vss.members import Member, Members
from sandbox.node.vss.provider import PROVIDER_ID, Found
from sandbox.node.vss.selection import Offer, Verdict, select
from sandbox.node.vss.service import MAXIMUM_VOLUMES, VssService
from sandbox.node.vss.sets import (
    SYSTEM_PROVIDER_ID,
    Options,
    Requester,
    ShadowCopy,
    ShadowCopySet,
    Wanted,
)

_HOLD_LIMIT_S = 10.0


class Session:
    """One IVssBackupComponents object; used from one thread."""

    def __init__(self, service: VssService, requester: Requester) -> None:
        self.service = service
        self.requester = requester
        self.current: ShadowCopySet | None = None
        self.verdicts: list[Verdict] = []
        self._members: Members | None = None
        self._plan: faults.Plan | None = None
        self._guests = guests.Guests(service)
        self._found: dict[str, Found] = {}
        self._begun = False

    def gather(self, *, remote: bool = False, for_set: bool = True) -> None:
        """Let every writer identify itself; `remote` has the CSV writer ask the other nodes too.

        A session that is only to look (`for_set` False) leaves the faults that wait to the next one.
        Raises VssError when VSS is disabled.
        """
        if self._members is not None:
            return
        self._begin(for_set=for_set)
        members = [Member(self.service, writer) for writer in self.service.writers()]
        if remote and any(member.writer.kind.guid == writers.CSV for member in members):
            members += self._remote_members()
        self._members = Members(members, self._plan.writers if self._plan is not None else [])
        self._phase("IDENTIFY", self.service.timing.identify_s)

    def _begin(self, *, for_set: bool) -> None:
        if not self._begun:
            self.service.enter()
            self._begun = True
            if self.service.noise:
                events.session_noise(self.service.win)
        if for_set and self._plan is None:
            self._plan = faults.take(self.service)
            if self._members is not None:
                self._members.failures = self._plan.writers

    def _remote_members(self) -> list[Member]:
        # Which set id the writers of other nodes see is not known; they are given ours.
        taking_part = (writers.HYPER_V, writers.CSV)
        return [
            Member(peer, writer, remote=True)
            for peer in self.service.helpers()
            for writer in peer.writers()
            if writer.kind.guid in taking_part
        ]

    def choose(self, wanted: Sequence[Wanted], options: Options) -> list[Verdict]:
        """Decide which components the backup takes in; raises VssError when a verified writer is not in."""
        offers = []
        left_out = self._plan.left_out_vms if self._plan is not None else frozenset()
        for writer in self.service.writers():
            components = writer.kind.components
            if writer.kind.guid == writers.HYPER_V:
                components += tuple(self.service.vm_components(local=True, left_out=left_out))
            elif writer.kind.guid == writers.CSV:
                components += tuple(self.service.vm_components(local=False, left_out=left_out))
            offers.append(Offer(writer, components))
        self.verdicts = select(offers, [one.volume.path for one in wanted], options.excluded)
        for asked in options.verified:
            known = (verdict for verdict in self.verdicts if verdict.included)
            if not any(asked in _names(verdict) for verdict in known):
                raise VssError(codes.BAD_STATE, f"writer {asked} is not included")
        return self.verdicts

    def create(self, wanted: Sequence[Wanted], options: Options) -> ShadowCopySet:
        """Create a shadow copy set of the volumes added; raises VssError, and Killed with its requester."""
        with self.service.counted():
            if not wanted or len(wanted) > MAXIMUM_VOLUMES:
                raise VssError(codes.MAXIMUM_NUMBER_OF_VOLUMES_REACHED if wanted else codes.BAD_STATE)
            plan = self._begin_set(wanted, options)
            plan.refuse_set()
            with self.service.set_in_progress({one.volume.csv for one in wanted if one.volume.csv}):
                made = self._start_set(wanted, options)
                try:
                    self._do_snapshot_set(made, wanted, plan)
                finally:
                    if made.state == "creating":
                        self._abort(made)
            return made

    def _begin_set(self, wanted: Sequence[Wanted], options: Options) -> faults.Plan:
        self._begin(for_set=True)
        if options.writers:
            self.gather(remote=any(one.volume.csv for one in wanted))
        plan, self._plan = self._plan or faults.Plan(), None
        return plan

    def _start_set(self, wanted: Sequence[Wanted], options: Options) -> ShadowCopySet:
        shadows = []
        service = self.service
        ids = [f"{{{service.new_id()}}}" for _ in wanted]
        set_id = f"{{{service.new_id()}}}"
        for id_, one in zip(ids, wanted, strict=True):
            provider = one.provider or (PROVIDER_ID if one.volume.serial else SYSTEM_PROVIDER_ID)
            shadows.append(ShadowCopy(id_, one.volume, provider, service.win.now()))
        volumes = tuple(one.volume.path for one in wanted)
        made = ShadowCopySet(set_id, volumes, service.win.now(), shadows=shadows, options=options)
        service.sets.append(made)
        self.current = made
        if self._members is not None:
            self._members.start()
        return made

    def _do_snapshot_set(self, made: ShadowCopySet, wanted: Sequence[Wanted], plan: faults.Plan) -> None:
        timing = self.service.timing
        nodes = len(self.service.win.topology.up_nodes())
        set_id = made.id
        self._prepare_volumes(made)
        if made.options.writers:
            self._phase("PREPAREBACKUP", timing.prepare_backup_s + plan.delay_of("PREPAREBACKUP"), set_id)
            failed = self._phase(
                "PREPARESNAPSHOT", timing.prepare_s(nodes) + plan.delay_of("PREPARESNAPSHOT"), set_id
            )
            self._guests.prepare(self.verdicts, plan)
            failed += self._phase("FREEZE", timing.freeze_s, set_id)
            self._stop_on(failed, before_commit=True)
        self._commit(made, wanted, plan)
        if made.options.writers:
            failed = self._phase("THAW", timing.thaw_s, set_id)
            failed += self._phase(
                "POSTSNAPSHOT", timing.post_snapshot_s + plan.delay_of("POSTSNAPSHOT"), set_id
            )
            self.requester.work(timing.status_s)
            self._stop_on(self._failed_members(), before_commit=False)
        plan.fail_after_commit()
        if self._guests.failed and self.service.win.unknowns.vm_failure_fails_create:
            raise VssError(codes.PARTIAL_FAILURE)
        made.state = "created"

    def _failed_members(self) -> list[Member]:
        assert self._members is not None
        return [member for member in self._members.members if member.failed_at]

    def _stop_on(self, failed: list[Member], *, before_commit: bool) -> None:
        """Fail for a writer whose components were wanted; a freeze that timed out always ends the set.

        PrepareForSnapshot failures do not stop the coordinator: the requester sees them in the writer
        status afterwards (win32 "Determining Writer Status"), when the array snapshot is already made.
        """
        included = {verdict.writer.kind.guid for verdict in self.verdicts if verdict.included}
        for member in failed:
            stops = member.failed_at == "FREEZE" or self.service.win.unknowns.writer_failure_stops_commit
            if member.writer.kind.guid in included and (stops or not before_commit):
                raise VssError(member.writer.failure, member.writer.kind.name)

    def _prepare_volumes(self, made: ShadowCopySet) -> None:
        """Ask the providers whether they support the volumes (AreLunsSupported)."""
        if made.options.transportable and any(one.provider == SYSTEM_PROVIDER_ID for one in made.shadows):
            raise VssError(codes.UNSUPPORTED_CONTEXT)
        by_provider = [shadow for shadow in made.shadows if shadow.provider.lower() == PROVIDER_ID]
        if not by_provider:
            return
        serials = [shadow.volume.serial for shadow in by_provider]
        if not all(serials):
            raise VssError(codes.VOLUME_NOT_SUPPORTED_BY_PROVIDER)
        if not self.service.win.services.running("pureprovider"):
            raise self._veto("its service does not run", hresult=0x8004230F)
        try:
            self._found = self.service.win.provider.find(serials)
        except ArrayRefused as err:
            raise self._veto(str(err)) from err
        if set(self._found) != {serial.upper() for serial in serials}:
            raise VssError(codes.VOLUME_NOT_SUPPORTED_BY_PROVIDER)

    def _commit(self, made: ShadowCopySet, wanted: Sequence[Wanted], plan: faults.Plan) -> None:
        plan.fail_flush()
        if plan.veto:
            raise self._veto("the array refused the snapshot")
        self.requester.work(plan.slow_s)
        if self._found:
            try:
                self.service.win.provider.commit(made.id, self._found.values())
            except ArrayRefused as err:
                raise self._veto(str(err)) from err
        made.committed = True
        if plan.slow_s > _HOLD_LIMIT_S:
            raise VssError(codes.HOLD_WRITES_TIMEOUT)
        now = self.service.win.now()
        for position, shadow in enumerate(made.shadows):
            device = "" if made.options.transportable else self.service.next_device()
            made.shadows[position] = ShadowCopy(
                shadow.id, wanted[position].volume, shadow.provider, now, device
            )

    def _veto(self, why: str, hresult: int = codes.PROVIDER_VETO) -> VssError:
        for id_ in (12289, 12293):
            events.provider_failed(self.service.win, id_, PROVIDER_ID, hresult=hresult, why=why)
        return VssError(hresult, why)

    def _abort(self, made: ShadowCopySet) -> None:
        """End a set that failed or whose requester died; no work is simulated here."""
        made.state = "failed"
        if self._members is not None:
            self._members.phase("ABORT", made.id, 0.0, lambda _: None)
        self._guests.release(merged=False)
        if made.committed and self.service.win.unknowns.provider_destroys_on_abort:
            self._destroy(made)

    def complete(self) -> None:
        """Tell the writers that the backup succeeded (BackupComplete); raises VssError without a set."""
        made = self.current
        if made is None or made.state != "created":
            raise VssError(codes.BAD_STATE)
        if made.options.writers:
            self._phase("BACKUPCOMPLETE", self.service.timing.complete_s, made.id)
        self._guests.release(merged=True)
        made.state = "completed"

    def close(self) -> None:
        """Let go of the session (BackupShutdown); writers return to rest."""
        if not self._begun:
            return
        set_id = self.current.id if self.current is not None else diag.NO_SET
        if self._members is not None:
            self._phase("BACKUPSHUTDOWN", self.service.timing.shutdown_s, set_id)
        self._release_volatile()
        self.abandon(merged=True)

    def _release_volatile(self) -> None:
        """Delete a shadow copy set that was not to outlive its requester."""
        made = self.current
        if made is None or made.options.persistent or not made.committed:
            return
        made.state = "deleted"
        self._destroy(made)

    def _destroy(self, made: ShadowCopySet) -> None:
        """Let the provider delete its shadow copies; an array that refuses is only noted in the log."""
        if self._found:
            try:
                self.service.win.provider.destroy(made.id, self._found.values())
            except ArrayRefused as err:
                self._veto(str(err))

    def abandon(self, *, merged: bool = False) -> None:
        """Drop the session without a word to the writers, as when its requester dies."""
        self._guests.release(merged=merged)
        if self.current is not None and self.current.state == "created" and self.current.options.full:
            self.current.state = "aborted"
        self._members = None
        self.current = None
        if self._begun:
            self._begun = False
            self.service.leave()

    def _phase(self, name: str, seconds: float, set_id: str = diag.NO_SET) -> list[Member]:
        assert self._members is not None
        return self._members.phase(name, set_id, seconds, self.requester.work)


def _names(verdict: Verdict) -> set[str]:
    kind = verdict.writer.kind
    return {kind.guid.lower(), kind.name.lower(), *(path.lower() for path in verdict.included)}
