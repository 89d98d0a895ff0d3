"""What a card and a notice say, and when the cancel button is there."""

import json
from datetime import timedelta

import pytest

from bot.domain.backup import OUTCOMES, Actor, Phase, Stage, VmInSet, WriterProgress
from handlers.replies import Replies
from tests.unit.handlers.views import IN_GROUP, RUN_ID, SET_ID, SNAPSHOT, START, view

REPLIES = Replies("/backups")


def words(message):
    return json.dumps(message.blocks, ensure_ascii=False)


def buttons(message):
    return [e for block in message.blocks if block["type"] == "actions" for e in block["elements"]]


@pytest.mark.parametrize(
    ("stage", "phase", "works"),
    [
        (Stage.QUEUED, Phase.QUEUED, True),
        (Stage.CHECKING, Phase.CHECKING, True),
        (Stage.CREATING, Phase.GATHERING, True),
        (Stage.CREATING, Phase.GATE, True),
        (Stage.CREATING, Phase.PREPARING, False),
        (Stage.CREATING, Phase.FREEZE, False),
        (Stage.UNKNOWN, Phase.GATE, False),
        (Stage.PROVING, Phase.PROVING, False),
        *((outcome, Phase.PROVING, False) for outcome in sorted(OUTCOMES)),
    ],
)
def test_the_cancel_button_is_there_only_while_it_can_work(stage, phase, works):
    found = buttons(REPLIES.card(view(stage, phase=phase)))
    assert [button["value"] for button in found] == ([RUN_ID] if works else [])
    assert all("before any shadow copy" in button["confirm"]["text"]["text"] for button in found)


def test_a_cancel_that_was_asked_for_is_said_and_cannot_be_asked_again():
    message = REPLIES.card(view(Stage.CHECKING, phase=Phase.CHECKING, run={"cancel_by": "U0OTHER"}))
    assert buttons(message) == []
    assert "Cancel asked for by <@U0OTHER>" in words(message)


def test_the_card_shows_who_when_phases_writers_and_vms():
    message = REPLIES.card(
        view(
            writers=(
                WriterProgress("hv-01", "Microsoft Hyper-V VSS Writer", "FREEZE", True, 5, 0, START),
                WriterProgress(
                    "hv-02",
                    "Cluster Shared Volume VSS Writer",
                    "FREEZE",
                    False,
                    9,
                    0x800423F2 - 2**32,
                    START,
                    3.2,
                ),
            ),
            vms=(VmInSet("1", "sql_01", "hv-01", ("volume1",)),),
            joined=(Actor("U0OTHER"),),
        )
    )
    said = words(message)
    for part in (
        "*Preparing: backup of cluster1 volume1*",
        "Asked for by <@U0ONCALL>, joined by <@U0OTHER>, <!date^1795416900^",
        "*Now · Preparing · 42 s so far, usually 1 min 37 s*",
        "Then · Freeze and snapshot (usually 7.4 s), Thaw, Completing, Proving",
        "*Failed* · `Cluster Shared Volume VSS Writer` on `hv-02` · `FREEZE` · 3.2 s · state 9, 0x800423F2",
        "Now · `Microsoft Hyper-V VSS Writer` on `hv-01` · `FREEZE` · 3 min 20 s",
        "`sql_01` on `hv-01`",
    ):
        assert part in said
    assert said.index("*Failed*") < said.index("Now · `Microsoft")


def test_a_lost_contact_is_not_called_a_failure():
    said = words(REPLIES.card(view(Stage.UNKNOWN)))
    assert "`hv-01` is doing this on its own; closing Slack or the bot changes nothing" in said
    assert "Failed" not in said
    assert "Now ·" not in said
    assert "Last seen · Preparing" in said


def test_a_queued_card_names_the_run_in_front():
    assert "Waits for run `cluster1-x`" in words(
        REPLIES.card(view(Stage.QUEUED, phase=Phase.QUEUED, waits_for="cluster1-x"))
    )


def test_the_final_card_names_the_array_snapshot_its_group_and_the_way_back():
    message = REPLIES.card(view(Stage.VERIFIED, phase=Phase.PROVING, snapshots=(IN_GROUP,)))
    said = words(message)
    assert f"`{IN_GROUP.name}`" in said
    assert IN_GROUP.name in message.text
    assert "`pg-sql` was snapped as a whole, and with it `csv2`, `csv3`." in said
    assert "Replication was not asked for by the provider, and no retention applies." in said
    assert f"copy `{IN_GROUP.name}` to a new array volume" in said
    assert "host outside the cluster" in said
    assert "Never revert the CSV itself" in said
    assert "Took 3 min 12 s in all" in said


@pytest.mark.parametrize("stage", [Stage.INCOMPLETE, Stage.UNVERIFIED])
def test_a_doubtful_array_snapshot_is_shown_with_its_doubt(stage):
    said = words(REPLIES.card(view(stage, snapshots=(SNAPSHOT,))))
    assert "This backup is not verified: check what you find." in said
    assert "Verified" not in said


@pytest.mark.parametrize("stage", [Stage.FAILED, Stage.CANCELLED])
def test_a_failed_backup_offers_no_way_back(stage):
    assert "How to get a VM back" not in words(REPLIES.card(view(stage, snapshots=(SNAPSHOT,))))


def test_vms_left_out_come_first_with_their_reason():
    vms = (
        VmInSet("1", "sql01", "hv-01", ("volume1",), included=True),
        VmInSet("2", "web01", "hv-02", ("volume1",), included=False, note="not in the set"),
    )
    said = words(REPLIES.card(view(Stage.INCOMPLETE, vms=vms)))
    assert "*VMs*\\n*Left out* · `web01` on `hv-02`: not in the set\\nIncluded (1) · `sql01`" in said


def test_a_verified_notice_is_one_line_and_any_other_has_all_four_parts():
    quiet = REPLIES.notice(view(Stage.VERIFIED, snapshots=(SNAPSHOT,)))
    assert len(quiet.blocks) == 1
    assert f"`{SNAPSHOT.name}`" in words(quiet)
    loud = words(REPLIES.notice(view(Stage.FAILED)))
    for part in ("*Failed: backup", "*Why:*", "*Safe now:*", "*Next:*", f"`/backups show {RUN_ID}`"):
        assert part in loud


def test_a_person_is_asked_with_the_exact_places_to_look():
    said = words(REPLIES.ask_person(view(Stage.UNKNOWN, run={"set_id": SET_ID})))
    assert f"`C:\\\\\\\\vssbot\\\\\\\\runs\\\\\\\\{RUN_ID}-a1`".replace("\\\\\\\\", "\\\\") in said
    assert "`VSS-0A1B2C3D4E5F60718293A4B5C6D7E8F9`" in said
    assert "Do not end DiskShadow" in said


def test_a_card_that_changes_only_in_time_still_says_as_of_when():
    later = view(now=START + timedelta(seconds=260))
    assert "As of <!date^1795417160^" in words(REPLIES.card(later))
