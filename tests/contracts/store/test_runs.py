"""Runs: what the store keeps of them, on the fake and on the real store."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import count, pairwise
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.backup import (
    ALLOWED,
    Actor,
    BackupType,
    Phase,
    PhaseTime,
    ProvedSnapshot,
    Run,
    Stage,
    Target,
    TransitionRefused,
    Verdict,
    VmInSet,
)
from bot.ports import Conflict
from integrations.store.runs import SqlRuns
from tests.contracts.store.builders import a_run, a_wish, a_writer, at
from tests.fakes.store import FakeRuns

Store: TypeAlias = SqlRuns | FakeRuns


def test_a_new_wish_makes_a_run_that_is_found_again_unchanged(runs: Store) -> None:
    wish = a_wish()
    assert runs.add_or_join(wish) == (wish.run, False)
    assert runs.get(wish.run.id) == wish.run
    assert runs.get("nobody") is None


def test_the_same_key_twice_is_one_wish(runs: Store) -> None:
    first, _ = runs.add_or_join(a_wish("a", key="trigger"))
    again, joined = runs.add_or_join(a_wish("b", key="trigger", requested_by=Actor("U2")))
    assert (again, joined) == (first, True)
    assert runs.joined(first.id) == []


def test_the_same_key_answers_with_its_run_even_when_that_is_over(runs: Store) -> None:
    run, _ = runs.add_or_join(a_wish("a", key="trigger"))
    over = runs.change(run.id, Stage.QUEUED, stage=Stage.FAILED, ended_at=at(5))
    assert runs.add_or_join(a_wish("b", key="trigger")) == (over, True)


def test_a_wish_joins_the_live_run_that_covers_it(runs: Store) -> None:
    run, _ = runs.add_or_join(a_wish("a"))
    smaller = a_wish("b", target=Target("cluster1", ("volume2",)), requested_by=Actor("U2"))
    assert runs.add_or_join(smaller) == (run, True)
    assert runs.joined(run.id) == [Actor("U2")]
    assert runs.get(smaller.run.id) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"set_id": "5f3c"},
        {"cancel_by": "U9"},
        {"stage": Stage.FAILED},
        {"target": Target("cluster1", ("volume1",))},
        {"backup_type": BackupType.COPY},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_wish_makes_its_own_run_when_the_live_one_cannot_serve_it(
    runs: Store, changes: dict[str, Any]
) -> None:
    run, _ = runs.add_or_join(a_wish("a"))
    runs.change(run.id, Stage.QUEUED, **changes)
    wish = a_wish("b")
    assert runs.add_or_join(wish) == (wish.run, False)


def test_a_run_of_another_cluster_is_not_joined(runs: Store) -> None:
    runs.add_or_join(a_wish("a"))
    assert runs.add_or_join(a_wish("b", cluster="cluster2"))[1] is False


def test_who_joined_is_told_once_each_in_order_without_the_requester(runs: Store) -> None:
    for number, actor in enumerate(["U1", "U3", "U2", "U3", "U1"]):
        runs.add_or_join(a_wish(f"r{number}", requested_by=Actor(actor)))
    assert runs.joined(runs.live()[0].id) == [Actor("U3"), Actor("U2")]


def test_twenty_wishes_at_once_make_one_run(runs: Store) -> None:
    answers: list[tuple[Run, bool]] = []
    gate = threading.Barrier(20)

    def ask(number: int) -> None:
        gate.wait()
        answers.append(runs.add_or_join(a_wish(f"r{number}")))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({run.id for run, _ in answers}) == 1
    assert sorted(joined for _, joined in answers) == [False] + [True] * 19
    assert len(runs.live()) == 1


def test_a_run_is_found_by_its_end_newest_first_at_most_ten(runs: Store) -> None:
    for number in range(12):
        runs.add_or_join(a_wish(f"{number:02d}-x", cluster=f"c{number}", seconds=number))
    runs.add_or_join(a_wish("other"))
    found = [run.id[-4:] for run in runs.find("-x")]
    assert found == [f"{number:02d}-x" for number in range(11, 1, -1)]
    assert [run.id for run in runs.find(a_run("other").id)] == [a_run("other").id]


@pytest.mark.parametrize("text", ["", "nothing", "%", "_", "THER", "öther", "\U0010ffff"])
def test_a_text_that_no_id_ends_with_finds_nothing(runs: Store, text: str) -> None:
    runs.add_or_join(a_wish("other"))
    assert runs.find(text) == []


def test_lists_are_in_order_of_the_wish(runs: Store) -> None:
    for name, seconds in [("b", 2), ("a", 1), ("c", 3)]:
        runs.add_or_join(a_wish(name, cluster=f"cluster-{name}", seconds=seconds))
    assert [run.id[-1] for run in runs.live()] == ["a", "b", "c"]
    assert [run.id[-1] for run in runs.recent(2)] == ["c", "b"]
    assert [run.id[-1] for run in runs.recent(9, cluster="cluster-a")] == ["a"]


def test_a_run_with_an_outcome_is_not_live_and_an_unproved_one_is_listed(runs: Store) -> None:
    run, _ = runs.add_or_join(a_wish())
    for expect, stage in [
        (Stage.QUEUED, Stage.CHECKING),
        (Stage.CHECKING, Stage.CREATING),
        (Stage.CREATING, Stage.PROVING),
        (Stage.PROVING, Stage.UNVERIFIED),
    ]:
        assert runs.live() != []
        run = runs.change(run.id, expect, stage=stage)
    assert (runs.live(), runs.unproved()) == ([], [run])
    runs.change(run.id, Stage.UNVERIFIED, stage=Stage.VERIFIED)
    assert runs.unproved() == []


def test_every_changed_field_is_kept(runs: Store) -> None:
    run, _ = runs.add_or_join(a_wish())
    verdict = Verdict(
        Stage.FAILED, "writer-failed", "It failed.", "A writer.", "Nothing was taken.", "Retry."
    )
    changes: dict[str, Any] = {
        "stage": Stage.FAILED,
        "attempt": 2,
        "node": "hv-02",
        "set_id": "0b1c",
        "cancel_by": "U2",
        "ended_at": at(1.000001),
        "verdict": verdict,
        "target": Target("cluster1", ("volume1", "volume2", "volume3")),
    }
    runs.change(run.id, Stage.QUEUED, **changes)
    assert runs.get(run.id) == replace(run, **changes)


@pytest.mark.parametrize("field", ["id", "requested_by", "requested_at", "nonsense"])
def test_what_a_run_is_cannot_be_changed(runs: Store, field: str) -> None:
    run, _ = runs.add_or_join(a_wish())
    with pytest.raises(ValueError, match=field):
        runs.change(run.id, Stage.QUEUED, **{field: "x"})


def test_a_change_of_an_unknown_run_is_a_conflict(runs: Store) -> None:
    with pytest.raises(Conflict):
        runs.change("nobody", Stage.QUEUED, node="hv-01")
    with pytest.raises(Conflict):
        runs.ask_cancel("nobody", Actor("U1"))


NUMBERS = count()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(Stage), st.sampled_from(Stage)), max_size=10))
def test_a_stage_moves_only_from_what_was_expected_and_along_the_table(
    runs: Store, steps: list[tuple[Stage, Stage]]
) -> None:
    number = next(NUMBERS)  # a run of its own for each example
    run, _ = runs.add_or_join(a_wish(str(number), cluster=f"c{number}"))
    truth = Stage.QUEUED
    for expect, wanted in steps:
        if wanted not in ALLOWED[expect]:
            with pytest.raises(TransitionRefused):
                runs.change(run.id, expect, stage=wanted)
        elif expect is not truth:
            with pytest.raises(Conflict):
                runs.change(run.id, expect, stage=wanted)
        else:
            truth = runs.change(run.id, expect, stage=wanted).stage
        stored = runs.get(run.id)
        assert stored is not None
        assert stored.stage is truth


def test_of_two_changes_at_once_one_wins(runs: Store) -> None:
    run, _ = runs.add_or_join(a_wish())
    results: list[str] = []
    gate = threading.Barrier(8)

    def advance() -> None:
        gate.wait()
        try:
            runs.change(run.id, Stage.QUEUED, stage=Stage.CHECKING)
            results.append("won")
        except Conflict:
            results.append("lost")

    threads = [threading.Thread(target=advance) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["lost"] * 7 + ["won"]


def test_the_first_who_asks_for_a_cancel_stays(runs: Store) -> None:
    run, _ = runs.add_or_join(a_wish())
    assert runs.ask_cancel(run.id, Actor("U2")).cancel_by == "U2"
    assert runs.ask_cancel(run.id, Actor("U3")).cancel_by == "U2"
    stored = runs.get(run.id)
    assert stored is not None
    assert (stored.cancel_by, stored.stage) == ("U2", Stage.QUEUED)


def test_the_run_directly_in_front_is_told(runs: Store) -> None:
    for seconds, name in enumerate("abc"):
        runs.add_or_join(a_wish(name, seconds=seconds, target=Target("cluster1", (f"v-{name}",))))
    runs.add_or_join(a_wish("z", cluster="cluster2"))
    ids = {name: a_run(name).id for name in "abc"}
    assert runs.ahead_of(ids["a"]) is None
    assert runs.ahead_of("nobody") is None
    assert (ahead := runs.ahead_of(ids["c"])) is not None and ahead.id == ids["b"]
    runs.change(ids["b"], Stage.QUEUED, stage=Stage.CANCELLED)
    assert (ahead := runs.ahead_of(ids["c"])) is not None and ahead.id == ids["a"]


def test_a_phase_ends_when_the_next_begins(runs: Store) -> None:
    run, _ = runs.add_or_join(a_wish())
    runs.start_phase(run.id, 1, PhaseTime(Phase.QUEUED, at(0)))
    runs.start_phase(run.id, 1, PhaseTime(Phase.CHECKING, at(3)))
    runs.start_phase(run.id, 1, PhaseTime(Phase.CHECKING, at(4)))
    runs.start_phase(run.id, 1, PhaseTime(Phase.QUEUED, at(9)))
    assert runs.phases(run.id, 1) == [
        PhaseTime(Phase.QUEUED, at(0), at(3)),
        PhaseTime(Phase.CHECKING, at(3)),
    ]
    runs.end_phases(run.id, 1, at(5))
    runs.end_phases(run.id, 1, at(8))
    assert runs.phases(run.id, 1)[-1] == PhaseTime(Phase.CHECKING, at(3), at(5))
    assert runs.phases(run.id, 2) == []


def test_a_phase_told_late_ends_where_its_successor_began(runs: Store) -> None:
    run, _ = runs.add_or_join(a_wish())
    runs.start_phase(run.id, 1, PhaseTime(Phase.GATHERING, at(1)))
    runs.start_phase(run.id, 1, PhaseTime(Phase.FREEZE, at(6)))
    runs.start_phase(run.id, 1, PhaseTime(Phase.PREPARING, at(2)))
    assert runs.phases(run.id, 1) == [
        PhaseTime(Phase.GATHERING, at(1), at(6)),
        PhaseTime(Phase.PREPARING, at(2), at(6)),
        PhaseTime(Phase.FREEZE, at(6)),
    ]


def test_a_phase_never_ends_before_it_began(runs: Store) -> None:
    run, _ = runs.add_or_join(a_wish())
    runs.start_phase(run.id, 1, PhaseTime(Phase.GATE, at(5)))
    runs.end_phases(run.id, 1, at(4))
    assert runs.phases(run.id, 1) == [PhaseTime(Phase.GATE, at(5), at(5))]


def test_what_is_usual_is_the_median_of_the_last_twenty_verified_runs(runs: Store) -> None:
    for number in range(23):
        run, _ = runs.add_or_join(a_wish(f"{number:02d}", seconds=number * 100))
        # Three old and slow ones, then ten of 10 s and ten of 20 s.
        length = 500 if number < 3 else 10 if number < 13 else 20
        runs.start_phase(run.id, 1, PhaseTime(Phase.PROVING, at(0), at(length)))
        _verify(runs, run)
    failed, _ = runs.add_or_join(a_wish("failed", seconds=9000))
    runs.start_phase(failed.id, 1, PhaseTime(Phase.PROVING, at(0), at(900)))
    runs.change(failed.id, Stage.QUEUED, stage=Stage.FAILED)
    assert runs.usual(str(a_run().target)) == {str(Phase.PROVING): 15.0}
    assert runs.usual("cluster1 volume9") == {}


def _verify(runs: Store, run: Run) -> None:
    stages = [Stage.QUEUED, Stage.CHECKING, Stage.CREATING, Stage.PROVING, Stage.VERIFIED]
    for before, after in pairwise(stages):
        runs.change(run.id, before, stage=after)


def test_the_latest_progress_of_each_writer_is_kept_in_order_of_appearance(runs: Store) -> None:
    run, _ = runs.add_or_join(a_wish())
    runs.save_writers(run.id, 1, [a_writer("CSV", seconds=1), a_writer("VMMS", seconds=1)])
    late = a_writer("CSV", seconds=3, running=False, node="hv-01")
    runs.save_writers(run.id, 1, [late, a_writer("CSV", node="hv-02", seconds=2)])
    runs.save_writers(run.id, 1, [a_writer("CSV", seconds=2)])
    runs.save_writers(run.id, 2, [])
    expected = [late, a_writer("VMMS", seconds=1), a_writer("CSV", node="hv-02", seconds=2)]
    assert runs.writers(run.id, 1) == expected
    assert runs.writers(run.id, 2) == []


def test_an_hresult_of_a_failed_writer_is_kept_whole(runs: Store) -> None:
    run, _ = runs.add_or_join(a_wish())
    runs.save_writers(run.id, 1, [a_writer(hresult=0x800423F4, state=8)])
    assert runs.writers(run.id, 1)[0].hresult == 0x800423F4


def test_vms_are_replaced_and_listed_by_name(runs: Store) -> None:
    run, _ = runs.add_or_join(a_wish())
    runs.save_vms(run.id, [VmInSet("1", "old", "hv-01", ("volume1",))])
    sql = VmInSet("2", "sql", "hv-01", ("volume1", "volume2"), True, "")
    app = VmInSet("3", "App", "hv-02", ("volume2",), None, "not known yet")
    runs.save_vms(run.id, [sql, app])
    assert runs.vms(run.id) == [app, sql]
    assert runs.vms("nobody") == []


def test_array_snapshots_are_replaced_and_listed_in_the_order_of_the_volumes(runs: Store) -> None:
    run, _ = runs.add_or_join(a_wish())
    second = ProvedSnapshot("volume2", "fa1", "pg.VSS-1.csv2", at(4), "pg", ("csv2", "csv3"))
    first = ProvedSnapshot("volume1", "fa1", "csv1.VSS-1", at(4))
    runs.save_snapshots(run.id, [first])
    runs.save_snapshots(run.id, [second, first])
    assert runs.snapshots(run.id) == [first, second]
    assert runs.snapshots("nobody") == []


def test_notes_keep_the_order_of_their_keys_first_use(runs: Store) -> None:
    run, _ = runs.add_or_join(a_wish())
    for key, text in [("a", "one"), ("b", "two"), ("c", ""), ("a", "three"), ("b", ""), ("d", "four")]:
        runs.save_note(run.id, key, text)
    assert runs.notes(run.id) == ["three", "four"]
    runs.save_note(run.id, "b", "five")
    assert runs.notes(run.id) == ["three", "five", "four"]


def test_facts_are_json_documents_replaced_when_saved_again(runs: Store) -> None:
    run, _ = runs.add_or_join(a_wish())
    runs.save_facts(run.id, "check", {"a": 1})
    runs.save_facts(run.id, "check", {"b": [None, True, "ü"]})
    assert runs.facts(run.id, "check") == {"b": [None, True, "ü"]}
    assert runs.facts(run.id, "baseline") is None
