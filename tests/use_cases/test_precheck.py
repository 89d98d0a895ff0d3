"""The check before the act: what ends a run while nothing was done, and what is only said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.domain.backup import Stage
from bot.domain.inventory import NodeProbe
from bot.domain.vss import ProviderArray
from bot.ports import Refused, Unreachable
from bot.use_cases.check import Questions
from bot.use_cases.precheck import look_at
from tests.builders import SERIALS
from tests.use_cases.rig import Rig


def on_every_node(rig: Rig, change: Callable[[NodeProbe], NodeProbe]) -> None:
    for name in ("hv-01", "hv-02"):
        rig.node(name).probe = change(rig.node(name).probe)


def csv_offline(rig: Rig) -> None:
    on_every_node(
        rig, lambda probe: replace(probe, csvs=tuple(replace(csv, online=False) for csv in probe.csvs))
    )


def csv_unknown(rig: Rig) -> None:
    on_every_node(rig, lambda probe: replace(probe, csvs=probe.csvs[1:]))


def no_serial(rig: Rig) -> None:
    on_every_node(
        rig, lambda probe: replace(probe, csvs=tuple(replace(csv, serial=None) for csv in probe.csvs))
    )


def no_provider(rig: Rig) -> None:
    on_every_node(rig, lambda probe: replace(probe, providers=()))


def provider_lacks_the_array(rig: Rig) -> None:
    on_every_node(rig, lambda probe: replace(probe, provider_arrays=()))


def provider_has_no_login(rig: Rig) -> None:
    rows = (ProviderArray("https://fa1.example", "fa1", True, True, False),)
    on_every_node(rig, lambda probe: replace(probe, provider_arrays=rows))


def not_on_the_array(rig: Rig) -> None:
    del rig.array.volumes["csv1"]


def array_silent(rig: Rig) -> None:
    rig.array.trouble = Unreachable("fa1", "no answer in time")


def array_says_no(rig: Rig) -> None:
    rig.array.trouble = Refused("fa1", "the token was not accepted", "array-login-refused", "Make a new one.")


def nodes_silent(rig: Rig) -> None:
    for name in ("hv-01", "hv-02"):
        rig.node(name).silent = "the connection was refused"


def no_kit(rig: Rig) -> None:
    for name in ("hv-01", "hv-02"):
        rig.node(name).kit = replace(rig.node(name).kit, installed=False)


def csv_writer_off(rig: Rig) -> None:
    moved = replace(rig.node().probe.vms[0], node="hv-02")
    rig.node().probe = replace(rig.node().probe, vms=(), csv_writer_enabled=False)
    rig.node("hv-02").probe = replace(rig.node("hv-02").probe, vms=(moved,))


REFUSALS: list[tuple[Callable[[Rig], None], str]] = [
    (csv_offline, "csv-offline"),
    (csv_unknown, "csv-unknown"),
    (no_serial, "no-serial"),
    (no_provider, "no-node"),
    (provider_lacks_the_array, "provider-array"),
    (provider_has_no_login, "provider-array"),
    (not_on_the_array, "not-on-array"),
    (array_silent, "array-not-asked"),
    (array_says_no, "array-not-asked"),
    (nodes_silent, "no-node"),
    (no_kit, "kit-missing"),
    (csv_writer_off, "csv-writer-off"),
]


@pytest.mark.parametrize(("story", "code"), REFUSALS, ids=[one[0].__name__ for one in REFUSALS])
def test_it_ends_before_anything_was_done(rig: Rig, story: Callable[[Rig], None], code: str) -> None:
    story(rig)
    run = rig.backup()
    assert run.verdict is not None
    assert (run.stage, run.verdict.code) == (Stage.FAILED, code)
    assert run.verdict.why and run.verdict.safe and run.verdict.next_step
    assert rig.backups() == []
    assert rig.array.snapshots == []


def test_a_node_that_is_not_fit_is_passed_over_and_that_is_said(rig: Rig) -> None:
    rig.node().probe = replace(
        rig.node().probe, services={**(rig.node().probe.services or {}), "vmms": False}
    )
    run = rig.backup()
    assert run.node == "hv-02"
    assert run.stage is Stage.VERIFIED


def test_the_other_members_of_a_protection_group_are_named(rig: Rig) -> None:
    run = rig.backup("volume2")
    assert "Protection group pg1 on fa1 is snapped whole, with sql-data as well." in rig.runs.notes(run.id)


def test_a_volume_is_found_by_its_serial_after_a_rename(rig: Rig) -> None:
    rig.array.rename("csv1", "csv1-renamed")
    from tests import builders

    renamed = {**builders.ARRAY_VOLUMES, ("cluster1", "volume1"): "csv1-renamed"}
    rig.node().take = lambda set_id, volumes, at: rig.array.snap(
        [renamed["cluster1", volume] for volume in volumes], f"VSS-{set_id.replace('-', '').upper()}", at
    )
    run = rig.backup()
    assert run.stage is Stage.VERIFIED
    assert rig.runs.snapshots(run.id)[0].name.startswith("csv1-renamed.VSS-")


def test_check_shows_each_node_and_volume_and_whether_a_backup_could_begin(rig: Rig) -> None:
    rig.node("hv-02").silent = "the connection was refused"
    questions = Questions(rig.nodes, rig.arrays, rig.clock)
    found = list(look_at(questions, rig.arrays, rig.catalog.clusters["cluster1"], "check-1"))
    rows = {(row.place, row.question): row for row in found}
    assert rows["hv-01", "Could it be asked for a backup?"].answer == "yes"
    assert rows["hv-02", "Could it be asked for a backup?"].todo
    assert rows["cluster1 volume1", "Which array volume is it?"].answer == "csv1 on fa1"
    assert rows["cluster1", "Could a backup begin?"].answer == "yes, on hv-01"


def test_check_says_what_keeps_a_backup_from_starting(rig: Rig) -> None:
    csv_offline(rig)
    questions = Questions(rig.nodes, rig.arrays, rig.clock)
    found = list(look_at(questions, rig.arrays, rig.catalog.clusters["cluster1"], "check-1"))
    refused = [row for row in found if row.question == "Could a backup begin?"]
    assert refused and all(row.todo for row in refused)
    assert SERIALS["cluster1", "volume1"]
    assert rig.backups() == []
