"""The judge: from the evidence of a run to its one verdict, in the words that people read.

A backup is VERIFIED only when the requester, the array and the record agree for every volume and every
VM. Absence on the array proves nothing while DiskShadow may still run.
"""

from __future__ import annotations

from bot.domain import witnesses
from bot.domain.backup import Stage, Verdict
from bot.domain.evidence import Evidence
from bot.domain.match import Answer, VolumeAnswer
from bot.domain.witnesses import Finding, Requester

ASKED_AGAIN = "Nothing to do: it is asked again every minute, then every ten minutes, for 24 hours."
UNTOUCHED = "Earlier array snapshots are untouched."
GOES_ON = "Nothing is started a second time; what runs on the node goes on by itself."


def judge(evidence: Evidence) -> Verdict:
    """Return the verdict; Stage.UNKNOWN means that nothing may be said yet and the cluster stays locked."""
    folder = evidence.folder
    if folder is None:
        return _unknown(evidence, "contact-lost", f"{evidence.node} could not be asked.")
    stopped = folder.cancelled and not folder.committed
    if not folder.claimed:
        return _unclaimed(evidence, stopped=stopped)
    if not evidence.is_gone:
        return _unknown(evidence, "requester-may-run", f"DiskShadow may still run on {evidence.node}.")
    if folder.done and not folder.started and folder.exit_code is None:
        return _cancelled(evidence) if stopped else _not_started(evidence)
    if stopped and not witnesses.create_ran(evidence):
        return _after_cancel(evidence)
    return _after_create(evidence)


def _unclaimed(evidence: Evidence, *, stopped: bool) -> Verdict:
    if stopped:
        return _cancelled(evidence)
    if evidence.folder is not None and evidence.folder.armed:
        return _unknown(evidence, "request-waits", f"{evidence.node} has not taken the request yet.")
    return Verdict(
        Stage.FAILED,
        "no-claim",
        f"Backup of {evidence.target} failed.",
        f"{evidence.node} never took the request, so DiskShadow was not started.",
        f"No shadow copy was asked for. {UNTOUCHED}",
        "Run `vssbot check`, then start the backup again.",
    )


def _not_started(evidence: Evidence) -> Verdict:
    return Verdict(
        Stage.FAILED,
        "not-started",
        f"Backup of {evidence.target} failed.",
        f"The kit on {evidence.node} took the request and did not start DiskShadow: it knows none of the volumes.",
        f"No shadow copy was asked for. {UNTOUCHED}",
        f"Install the kit on {evidence.node} again with the present configuration, then start the backup again.",
    )


def _after_cancel(evidence: Evidence) -> Verdict:
    answers = witnesses.answers(evidence)
    there = [a for a in answers if a.answer in (Answer.FOUND, Answer.AMBIGUOUS)]
    if there:
        return _after_create(evidence)
    silent = [a for a in answers if a.answer is Answer.NOT_ASKED]
    if silent:
        return _unknown(evidence, "cancel-unproved", f"The cancel came first, but {silent[0].why}.")
    if not evidence.array_settled:
        return _unknown(evidence, "cancel-unproved", "The cancel came first; the array is still being asked.")
    return _cancelled(evidence)


def _cancelled(evidence: Evidence) -> Verdict:
    return Verdict(
        Stage.CANCELLED,
        "cancelled",
        f"Backup of {evidence.target} was cancelled.",
        "It was stopped at the gate, before the shadow copy.",
        f"No array snapshot was taken, and DiskShadow does not run any more. {UNTOUCHED}",
        "Nothing to do.",
    )


def _after_create(evidence: Evidence) -> Verdict:
    answers = witnesses.answers(evidence)
    requester = witnesses.requester(evidence)
    there = [a for a in answers if a.answer in (Answer.FOUND, Answer.AMBIGUOUS)]
    if not there:
        return _without_snapshot(evidence, answers, requester)
    against = witnesses.against(evidence, requester, answers)
    if against:
        return _incomplete(evidence, there, against)
    gaps = witnesses.gaps(evidence, requester, answers)
    if gaps:
        return _unverified(evidence, there, gaps)
    return _verified(evidence, answers)


def _without_snapshot(evidence: Evidence, answers: tuple[VolumeAnswer, ...], requester: Requester) -> Verdict:
    silent = [a for a in answers if a.answer is Answer.NOT_ASKED]
    if silent and not witnesses.ended_before_create(evidence):
        why = f"Whether the array has a snapshot is not known: {silent[0].why}."
        said = f" {requester.why}" if requester.broken else ""
        return _waits(evidence, "array-not-asked", why + said)
    if not silent and not evidence.array_settled and witnesses.create_ran(evidence) is not False:
        return _waits(evidence, "array-late", "The array does not show the snapshot yet.")
    return _failed(evidence, answers, requester)


def _failed(evidence: Evidence, answers: tuple[VolumeAnswer, ...], requester: Requester) -> Verdict:
    gone = [a.snapshot.name for a in answers if a.answer is Answer.DESTROYED and a.snapshot]
    code = requester.code if requester.broken else ("snapshot-destroyed" if gone else "no-snapshot")
    safe = "No array snapshot was taken."
    if gone:
        safe = f"The array snapshot {', '.join(gone)} was made and then destroyed; do not rely on it."
    why = [requester.why if requester.broken else "DiskShadow ended, but the array has no such snapshot."]
    why += [writer.why for writer in witnesses.failed_writers(evidence)]
    return Verdict(
        Stage.FAILED,
        code,
        f"Backup of {evidence.target} failed.",
        " ".join(why),
        f"{safe} {UNTOUCHED}",
        _next(requester, witnesses.failed_writers(evidence)) or "Start the backup again.",
    )


def _incomplete(evidence: Evidence, there: list[VolumeAnswer], against: list[Finding]) -> Verdict:
    names = _names(there)
    doubtful = "" if all(a.answer is Answer.FOUND for a in there) else " may belong to it and"
    steps = dict.fromkeys(finding.next_step for finding in against if finding.next_step)
    return Verdict(
        Stage.INCOMPLETE,
        against[0].code,
        f"Backup of {evidence.target} is incomplete: do not rely on it.",
        " ".join(finding.why for finding in against),
        f"The array snapshot {names}{doubtful} stays on the array. {UNTOUCHED}",
        " ".join(steps) or "Start the backup again.",
    )


def _unverified(evidence: Evidence, there: list[VolumeAnswer], gaps: list[Finding]) -> Verdict:
    return Verdict(
        Stage.UNVERIFIED,
        gaps[0].code,
        f"Backup of {evidence.target} is not proved.",
        " ".join(gap.why for gap in gaps),
        f"The array snapshot {_names(there)} is there, but do not rely on it yet. {UNTOUCHED}",
        ASKED_AGAIN,
    )


def _waits(evidence: Evidence, code: str, why: str) -> Verdict:
    return Verdict(
        Stage.UNVERIFIED,
        code,
        f"Backup of {evidence.target} is not proved.",
        why,
        f"DiskShadow has ended on {evidence.node}. {UNTOUCHED}",
        ASKED_AGAIN,
    )


def _verified(evidence: Evidence, answers: tuple[VolumeAnswer, ...]) -> Verdict:
    proofs = [f"{a.snapshot.name} on {a.snapshot.array}" for a in answers if a.snapshot]
    late = ""
    if evidence.folder is not None and evidence.folder.cancelled and not evidence.folder.committed:
        late = " The cancel did not stop it: DiskShadow went on past the gate."
    word = "snapshot is" if len(proofs) == 1 else "snapshots are"
    return Verdict(
        Stage.VERIFIED,
        "verified",
        f"Backup of {evidence.target} is verified. The array {word} {', '.join(proofs)}.",
        f"DiskShadow completed, {witnesses.vms_sentence(evidence)} and no event speaks against it.{late}",
        "The array keeps it until somebody deletes it.",
        "Nothing to do.",
    )


def _unknown(evidence: Evidence, code: str, why: str) -> Verdict:
    return Verdict(
        Stage.UNKNOWN,
        code,
        f"The state of the backup of {evidence.target} is unknown.",
        why,
        GOES_ON,
        "Nothing to do yet: it is looked at every minute.",
    )


def _next(requester: Requester, writers: list[Finding]) -> str:
    steps = [requester.next_step if requester.broken else "", *(writer.next_step for writer in writers)]
    return " ".join(dict.fromkeys(step for step in steps if step))


def _names(answers: list[VolumeAnswer]) -> str:
    return ", ".join(f"{a.snapshot.name} on {a.snapshot.array}" for a in answers if a.snapshot)
