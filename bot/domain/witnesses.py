"""What each witness says about a run: the requester, the array, the record; and who could not be asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bot.domain.array import suffix_for
from bot.domain.backup import BackupType, WriterProgress
from bot.domain.codes import writers as known
from bot.domain.events import Rating
from bot.domain.evidence import Evidence, left_out, mark_included
from bot.domain.explain import hresult
from bot.domain.match import Answer, VolumeAnswer, parse_name


@dataclass(frozen=True)
class Finding:
    """One thing that speaks against a backup, or is missing for its proof."""

    code: str
    why: str
    next_step: str = ""


class Said(Enum):
    """What the requester's own witness amounts to."""

    COMPLETED = "completed"
    BROKEN = "broken"
    UNREAD = "unread"


@dataclass(frozen=True)
class Requester:
    """DiskShadow's witness: its exit code, its markers and its text together; none of them alone."""

    said: Said
    code: str = ""
    why: str = ""
    next_step: str = ""

    @property
    def broken(self) -> bool:
        """Tell whether it says that the backup was not completed."""
        return self.said is Said.BROKEN


def requester(evidence: Evidence) -> Requester:
    """Return what DiskShadow's exit code, markers and output say together."""
    folder, report = evidence.folder, evidence.report
    if folder is None:
        return Requester(Said.UNREAD, "unverified", f"{evidence.node} could not be asked.")
    if report is not None and report.hresult is not None:
        return _failed_with(report.hresult, evidence)
    if folder.exit_code is None:
        return _without_exit_code(evidence)
    if folder.exit_code != 0:
        return _failed_with_exit_code(folder.exit_code, evidence)
    if report is None:
        return Requester(Said.UNREAD, "unverified", f"DiskShadow's output on {evidence.node} was not read.")
    return _by_text(evidence)


def _by_text(evidence: Evidence) -> Requester:
    folder, report = evidence.folder, evidence.report
    if folder is None or report is None:
        raise ValueError("there is no text to judge by")
    shared = report.shadow_ids.keys() & folder.shadow_ids.keys()
    if (folder.set_id and report.set_id and folder.set_id != report.set_id) or any(
        report.shadow_ids[alias] != folder.shadow_ids[alias] for alias in shared
    ):
        return Requester(
            Said.BROKEN, "ids-differ", "DiskShadow's output and its markers name different shadow copies."
        )
    is_copy = evidence.backup_type is BackupType.COPY
    whole = report.created if is_copy else report.completed
    if not whole or report.set_id is None or len(report.shadow_ids) != len(evidence.target.volumes):
        what = "CREATE" if is_copy else "END BACKUP"
        return Requester(
            Said.BROKEN,
            "not-completed",
            f"DiskShadow's output does not show that {what} returned.",
            _look_at_vms(evidence),
        )
    if not (folder.created and folder.ended):
        return Requester(
            Said.UNREAD, "unverified", f"The markers of the run on {evidence.node} are not all there."
        )
    return Requester(Said.COMPLETED)


def _without_exit_code(evidence: Evidence) -> Requester:
    folder = evidence.folder
    if folder is not None and folder.ended:
        return Requester(Said.UNREAD, "unverified", "DiskShadow's exit code is not known.")
    return Requester(
        Said.BROKEN,
        "interrupted",
        f"DiskShadow on {evidence.node} was interrupted before it ended.",
        _look_at_vms(evidence),
    )


def _failed_with_exit_code(code: int, evidence: Evidence) -> Requester:
    if code & 0xFFFFFFFF >= 0x80000000:
        return _failed_with(code & 0xFFFFFFFF, evidence)
    before = "before the shadow copy " if ended_before_create(evidence) else ""
    return Requester(
        Said.BROKEN,
        "before-gate" if before else "exit-code",
        f"DiskShadow on {evidence.node} ended {before}with exit code {code} and printed no VSS code.",
        "Read the run's record, then start the backup again.",
    )


def _failed_with(number: int, evidence: Evidence) -> Requester:
    known_as = hresult(number)
    title = f"{known_as.code} {known_as.name}".strip()
    return Requester(
        Said.BROKEN,
        known_as.code,
        f"DiskShadow on {evidence.node} failed with {title}: {known_as.meaning} {known_as.cause}".strip(),
        known_as.next_step,
    )


def _look_at_vms(evidence: Evidence) -> str:
    return (
        "Check in Hyper-V Manager that no VM is left as “Backing up”,"
        f" look at {evidence.node}, then start the backup again."
    )


def create_ran(evidence: Evidence) -> bool | None:
    """Tell whether CREATE was begun; None if that is not known."""
    folder, report = evidence.folder, evidence.report
    if folder is not None and (folder.committed or folder.created or folder.set_id):
        return True
    if report is None:
        return None
    echoed = any(line.lower() == "create" for line in report.echoed)
    return echoed or report.created or report.set_id is not None or bool(report.shadow_ids)


def ended_before_create(evidence: Evidence) -> bool:
    """Tell whether it is proved that DiskShadow never came to CREATE: then the array need not be asked."""
    folder = evidence.folder
    return folder is not None and folder.exit_code is not None and create_ran(evidence) is False


def answers(evidence: Evidence) -> tuple[VolumeAnswer, ...]:
    """Return the array's answer for each volume of the target; a snapshot of another set proves nothing."""
    given = {answer.volume: answer for answer in evidence.volumes}
    return tuple(_checked(volume, given.get(volume), evidence.set_id) for volume in evidence.target.volumes)


def _checked(volume: str, answer: VolumeAnswer | None, set_id: str | None) -> VolumeAnswer:
    if answer is None:
        return VolumeAnswer(volume, Answer.NOT_ASKED, why=f"the array was not asked about {volume}")
    if answer.answer is not Answer.FOUND:
        return answer
    name = parse_name(answer.snapshot.name) if answer.snapshot else None
    if set_id is None or name is None or name.suffix != suffix_for(set_id):
        return VolumeAnswer(
            volume, Answer.AMBIGUOUS, answer.snapshot, "the snapshot found is not of this shadow copy set"
        )
    return answer


def against(evidence: Evidence, said: Requester, found: tuple[VolumeAnswer, ...]) -> list[Finding]:
    """Return everything that speaks against a backup of which an array snapshot exists."""
    findings = [Finding(said.code, said.why, said.next_step)] if said.broken else []
    lacking = [a for a in found if a.answer in (Answer.MISSING, Answer.DESTROYED)]
    if lacking:
        names = ", ".join(a.volume for a in lacking)
        findings.append(Finding("partial-set", f"The array has no snapshot of {names} in this set."))
    if not said.broken:
        findings += _vms_left_out(evidence)
    findings += [
        Finding("event-against", rated.sentence(), f"Read that event on {rated.node}.")
        for rated in evidence.events or ()
        if rated.rating is Rating.AGAINST
    ]
    return findings + failed_writers(evidence)


def _vms_left_out(evidence: Evidence) -> list[Finding]:
    findings = []
    for vm in left_out(evidence):
        note = f" ({vm.note})" if vm.note else ""
        findings.append(
            Finding(
                "vm-left-out",
                f"VM {vm.name} on {vm.node} was not included{note}.",
                "Repair the VMs named, or accept them as crash-consistent in the configuration.",
            )
        )
    return findings


def failed_writers(evidence: Evidence) -> list[Finding]:
    """Return the failures of the writers that guard VMs; a failure of another writer changes nothing."""
    findings = []
    for progress in evidence.writers:
        writer = known.find(progress.writer)
        if progress.failed and writer is not None and writer.id in known.GUARDS_VMS:
            why = f"VSS writer “{writer.name}” on {progress.node} {_state(progress)}."
            findings.append(Finding("writer-failed", why, known.restart_advice(writer, progress.node)))
    return findings


def _state(progress: WriterProgress) -> str:
    if 6 <= progress.state <= 15:
        return known.STATES[progress.state][1]
    return f"failed in {progress.phase} with 0x{progress.hresult & 0xFFFFFFFF:08X}"


def gaps(evidence: Evidence, said: Requester, found: tuple[VolumeAnswer, ...]) -> list[Finding]:
    """Return what is missing for the proof; empty only if every witness was asked and answered."""
    missing = [] if said.said is Said.COMPLETED else [Finding("unverified", said.why)]
    missing += [
        Finding("array-not-asked", f"{a.why[:1].upper()}{a.why[1:]}.")
        for a in found
        if a.answer is not Answer.FOUND
    ]
    if not evidence.vms_known:
        missing.append(Finding("unverified", "Not every node could say which VMs it runs."))
    if evidence.events is None:
        missing.append(Finding("unverified", f"The event logs of {evidence.node} could not be read."))
    missing += [
        Finding("unverified", f"The record of {n} could not be read.") for n in evidence.unasked_nodes
    ]
    missing += [Finding("unverified", gap) for gap in evidence.log_gaps]
    return missing


def vms_sentence(evidence: Evidence) -> str:
    """Return what the record shows about the VMs, as part of a sentence."""
    if not evidence.vms or evidence.report is None:
        return "no VM has a disk on it"
    marked = mark_included(evidence.vms, evidence.report)
    whole = [vm.name for vm in marked if vm.included]
    rest = [vm.name for vm in marked if not vm.included]
    text = f"{len(whole)} of {len(marked)} VMs were included"
    if rest:
        text += f" ({', '.join(rest)} accepted as crash-consistent)"
    return text
