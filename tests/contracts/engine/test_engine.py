"""What every engine does: each run once, one at a time per cluster, in order, steps give JSON."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from bot.ports import Refused, Steps
from integrations.engine.dbos_engine import DbosEngine
from tests.contracts.engine.conftest import Bench
from tests.fakes.engine import FakeEngine


def test_a_run_is_run_once_with_its_id(bench: Bench, cluster: str) -> None:
    seen: list[str] = []
    bench.submit(f"{cluster}-1", cluster, lambda run_id, _: seen.append(run_id))
    bench.settle()
    assert seen == [f"{cluster}-1"]


def test_a_run_submitted_twice_is_one_run_also_after_its_end(bench: Bench, cluster: str) -> None:
    seen: list[str] = []

    def body(run_id: str, _: Steps) -> None:
        seen.append(run_id)

    for _ in range(2):
        bench.submit(f"{cluster}-1", cluster, body)
    bench.settle()
    bench.submit(f"{cluster}-1", cluster, body)
    bench.submit(f"{cluster}-2", cluster, body)  # when this one ran, a second `-1` would have run
    bench.settle()
    assert seen == [f"{cluster}-1", f"{cluster}-2"]


def test_runs_of_a_cluster_come_one_at_a_time_in_order_of_submission(bench: Bench, cluster: str) -> None:
    inside = threading.Lock()
    order: list[str] = []

    def body(run_id: str, steps: Steps) -> None:
        assert inside.acquire(blocking=False)
        order.append(run_id)
        steps.run("work", lambda: None)
        inside.release()

    wanted = [f"{cluster}-20261123t06000000{number}z-{'dcba'[number]}" for number in range(4)]
    for run_id in wanted:
        bench.submit(run_id, cluster, body)
    bench.settle()
    assert order == wanted


def test_runs_of_different_clusters_run_at_the_same_time(bench: Bench, cluster: str) -> None:
    meeting = threading.Barrier(3, timeout=20)
    met: list[int] = []
    for name in ("a", "b", "c"):
        bench.submit(f"{cluster}{name}-1", f"{cluster}{name}", lambda *_: met.append(meeting.wait()))
    bench.settle()
    assert sorted(met) == [0, 1, 2]


@pytest.mark.parametrize(
    ("value", "given_back"),
    [(None, None), ({"a": [1, 2.5, True]}, {"a": [1, 2.5, True]}), ((1, "ü"), [1, "ü"]), ("", "")],
    ids=["none", "document", "tuple", "empty"],
)
def test_a_step_gives_back_json(bench: Bench, cluster: str, value: Any, given_back: Any) -> None:
    seen: list[Any] = []
    bench.submit(f"{cluster}-1", cluster, lambda _, steps: seen.append(steps.run("step", lambda: value)))
    bench.settle()
    assert seen == [given_back]


def test_a_step_whose_value_is_no_json_is_a_mistake(bench: Bench, cluster: str) -> None:
    seen: list[str] = []

    def body(_: str, steps: Steps) -> None:
        with pytest.raises(TypeError):
            steps.run("step", lambda: {1, 2})
        seen.append("told")

    bench.submit(f"{cluster}-1", cluster, body)
    bench.settle()
    assert seen == ["told"]


def test_a_failure_in_a_step_reaches_the_body_as_itself(bench: Bench, cluster: str) -> None:
    seen: list[Refused] = []

    def refuse() -> None:
        raise Refused("hv-01", "no rights", "access-denied", "Grant the rights.")

    def body(_: str, steps: Steps) -> None:
        with pytest.raises(Refused) as caught:
            steps.run("step", refuse)
        seen.append(caught.value)

    bench.submit(f"{cluster}-1", cluster, body)
    bench.settle()
    assert [vars(error) for error in seen] == [
        vars(Refused("hv-01", "no rights", "access-denied", "Grant the rights."))
    ]
    assert str(seen[0]) == "hv-01 refused: no rights"


def test_a_body_that_breaks_does_not_block_its_cluster(bench: Bench, cluster: str) -> None:
    seen: list[str] = []

    def break_(_: str, steps: Steps) -> None:
        raise ZeroDivisionError

    bench.submit(f"{cluster}-1", cluster, break_)
    bench.submit(f"{cluster}-2", cluster, lambda run_id, _: seen.append(run_id))
    bench.settle()
    assert seen == [f"{cluster}-2"]
    if isinstance(bench.engine, FakeEngine):
        assert list(bench.engine.errors) == [f"{cluster}-1"]
    else:
        assert f"{cluster}-1" in bench.engine.abandoned()
        assert f"{cluster}-2" not in bench.engine.abandoned()


def test_a_sleep_ends_and_nobody_stops(bench: Bench, cluster: str) -> None:
    seen: list[bool] = []

    def body(_: str, steps: Steps) -> None:
        steps.sleep(0.01)
        seen.append(steps.stopping())

    bench.submit(f"{cluster}-1", cluster, body)
    bench.settle()
    assert seen == [False]


@pytest.mark.parametrize(("run_id", "cluster"), [("", "cluster1"), ("run", "")])
def test_a_run_that_would_wait_for_ever_is_refused(bench: Bench, run_id: str, cluster: str) -> None:
    with pytest.raises(ValueError, match="wait for ever"):
        bench.engine.submit(run_id, cluster)


def test_a_second_engine_in_one_process_is_refused(dbos_bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="runs in this process already"):
        DbosEngine(tmp_path / "engine.db", dbos_bench.body).start()


def test_an_engine_that_was_not_started_takes_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="not started"):
        DbosEngine(tmp_path / "engine.db", lambda *_: None).submit("run", "cluster1")


def test_an_engine_that_was_not_started_stops_at_once(tmp_path: Path) -> None:
    engine = DbosEngine(tmp_path / "engine.db", lambda *_: None)
    assert engine.stop() is True
    assert engine.stop() is True
