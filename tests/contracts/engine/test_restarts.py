"""What survives the end of the process: kill -9, a polite stop, a step that does not leave."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.ports import Steps, Stopped
from integrations.engine.dbos_engine import DbosEngine
from integrations.engine.lock import EngineBusy, FileLock
from tests.contracts.engine.child import backup, work
from tests.contracts.engine.lives import ROOT, life
from tests.fakes.engine import FakeEngine, Killed

FIRST, SECOND = "c1-1", "c1-2"
BEFORE = [f"{FIRST} zero", f"{FIRST} knows that hv-01 is unreachable", f"{FIRST} one", f"{FIRST} two"]
AFTER = [
    f"{FIRST} knows that hv-01 is unreachable",
    f"{FIRST} two",
    f"{FIRST} three with ['{FIRST}', 'one']",
    f"{FIRST} over",
    f"{SECOND} zero",
    f"{SECOND} knows that hv-01 is unreachable",
    f"{SECOND} one",
    f"{SECOND} two",
    f"{SECOND} three with ['{SECOND}', 'one']",
    f"{SECOND} over",
]


def nothing(_run_id: str, _steps: Steps) -> None:
    pass


def fake_killed_in_step_two(_: Path) -> tuple[list[str], list[str]]:
    said: list[str] = []
    engine = FakeEngine(lambda run_id, steps: backup(run_id, steps, said.append, work))
    engine.kill_in("two")
    for run_id in (FIRST, SECOND):
        engine.submit(run_id, "c1")
    with pytest.raises(Killed):
        engine.run_until_idle()
    before = list(said)
    engine.restart().run_until_idle()
    return before, said[len(before) :]


def dbos_killed_in_step_two(database: Path) -> tuple[list[str], list[str]]:
    with life(database, "hang", FIRST, SECOND) as first:
        before = first.until(f"{FIRST} two")
        first.kill()
    with life(database, "work") as second:
        after = second.until(f"{SECOND} over")
        assert second.stop(5) is True
    return before[1:], after[1:-1]


@pytest.mark.parametrize("killed", [fake_killed_in_step_two, dbos_killed_in_step_two], ids=["fake", "dbos"])
def test_after_kill_9_finished_steps_are_remembered_and_the_interrupted_one_runs_again(
    killed: object, tmp_path: Path
) -> None:
    assert callable(killed)
    assert killed(tmp_path / "engine.db") == (BEFORE, AFTER)


def test_a_stop_lets_a_long_step_leave_and_the_run_goes_on_at_the_next_start(tmp_path: Path) -> None:
    database = tmp_path / "engine.db"
    with life(database, "polite", FIRST, SECOND) as first:
        first.until(f"{FIRST} two")
        assert first.stop(8) is True
        assert first.said == ["started", *BEFORE, "stopped True"]
    with life(database, "work") as second:
        assert second.until(f"{SECOND} over") == ["started", *AFTER]
        second.stop(5)


def test_the_fake_stops_and_goes_on_as_the_real_one() -> None:
    said: list[str] = []

    def leave(_run_id: str, steps: Steps) -> None:
        engine.stop()
        assert steps.stopping()
        raise Stopped

    engine = FakeEngine(lambda run_id, steps: backup(run_id, steps, said.append, leave))
    for run_id in (FIRST, SECOND):
        engine.submit(run_id, "c1")
    engine.run_until_idle()
    assert said == BEFORE
    engine.restart(lambda run_id, steps: backup(run_id, steps, said.append, work)).run_until_idle()
    assert said == [*BEFORE, *AFTER]


def test_a_step_that_does_not_leave_is_told_and_does_not_hold_the_process(tmp_path: Path) -> None:
    database = tmp_path / "engine.db"
    with life(database, "hang", FIRST, SECOND) as first:
        first.until(f"{FIRST} two")
        assert first.stop(0.2) is False
    with life(database, "work") as second:
        assert second.until(f"{SECOND} over") == ["started", *AFTER]
        second.stop(5)


def test_a_sleep_is_left_at_a_stop_and_remembered(tmp_path: Path) -> None:
    database = tmp_path / "engine.db"
    for run_ids in ([FIRST], []):  # the second life is in the same sleep of an hour
        with life(database, "sleepy", *run_ids) as one:
            one.until(f"{FIRST} sleeps")
            assert one.stop(8) is True
            assert one.said == ["started", f"{FIRST} sleeps", "stopped True"]


def test_a_second_engine_on_the_same_database_is_refused_and_told_by_whom(tmp_path: Path) -> None:
    database = tmp_path / "engine.db"
    with life(database, "work") as first:
        first.until("started")
        with pytest.raises(EngineBusy) as caught:
            FileLock(Path(f"{database}.lock")).acquire()
        assert caught.value.pid == first.process.pid
        assert str(first.process.pid) in str(caught.value)
        with life(database, "work", FIRST) as second:
            assert second.until(f"busy {first.process.pid}") == [f"busy {first.process.pid}"]
            assert second.process.wait(10) == 0
        first.kill()
    lock = FileLock(Path(f"{database}.lock"))
    lock.acquire()  # a dead process holds nothing
    lock.release()


def test_making_an_engine_touches_nothing(tmp_path: Path) -> None:
    DbosEngine(tmp_path / "engine.db", nothing)
    assert list(tmp_path.iterdir()) == []


def _interpreters() -> list[str]:
    """Return the other interpreters to try: names, or the paths that VSSBOT_TEST_PYTHONS gives."""
    named = os.environ.get("VSSBOT_TEST_PYTHONS", "")
    ours = f"python3.{sys.version_info.minor}"
    known = ("python3.11", "python3.12", "python3.13")
    return [path for path in named.split(os.pathsep) if path] or [name for name in known if name != ours]


@pytest.mark.parametrize("python", [pytest.param(sys.executable, id="this one"), *_interpreters()])
def test_the_engine_runs_on_this_python(python: str, tmp_path: Path) -> None:
    path = shutil.which(python) or ""
    if not path or subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode:
        pytest.skip(f"{python} does not exist here")
    needed = "import dbos, sqlean.dbapi2, sqlalchemy"
    told = subprocess.run([path, "-c", needed], capture_output=True, text=True, check=False, cwd=ROOT)
    if told.returncode:
        reason = told.stderr.strip().splitlines()[-1]
        assert os.environ.get("VSSBOT_TEST_REQUIRE") != "all", f"{python}: {reason}"
        pytest.skip(f"{python} cannot run the engine: {reason}")
    with life(tmp_path / "engine.db", "work", FIRST, python=path) as one:
        one.until(f"{FIRST} over")
        assert one.stop(5) is True
