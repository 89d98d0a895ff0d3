"""Run views to render: one by hand for each stage, and any that Hypothesis can think of."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from bot.domain.backup import (
    OUTCOMES,
    PHASES,
    Actor,
    BackupType,
    Phase,
    PhaseTime,
    ProvedSnapshot,
    Run,
    RunView,
    Stage,
    Target,
    Verdict,
    VmInSet,
    WriterProgress,
)

START = datetime(2026, 11, 23, 6, 55, tzinfo=UTC)
RUN_ID = "cluster1-20261123t065500123z-4f2a"
SET_ID = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
SUFFIX = "VSS-0A1B2C3D4E5F60718293A4B5C6D7E8F9"
NASTY = "<!channel> *b* _i_ ~s~ `c` <https://evil.example|x> :bomb: &amp; \u202egnp \n@here"


def run(stage: Stage = Stage.CREATING, **changes: object) -> Run:
    """Return a run of cluster1 volume1 asked for by U0ONCALL."""
    values: dict[str, object] = {
        "id": RUN_ID,
        "target": Target("cluster1", ("volume1",)),
        "backup_type": BackupType.FULL,
        "stage": stage,
        "requested_by": Actor("U0ONCALL"),
        "requested_at": START,
        "channel": "C0TEAM",
        "node": "hv-01",
    }
    if stage in OUTCOMES:
        values["ended_at"] = START + timedelta(seconds=192)
        values["verdict"] = Verdict(
            stage,
            stage.value,
            f"Backup of cluster1 volume1 is {stage.value}.",
            "All three witnesses were asked.",
            "Older array snapshots are as they were.",
            "Run `/vss backup cluster1 volume1` again.",
        )
    return Run(**(values | changes))  # type: ignore[arg-type]


def view(stage: Stage = Stage.CREATING, *, phase: Phase = Phase.PREPARING, **changes: object) -> RunView:
    """Return a view of a run; while it works, `phase` runs for 42 s."""
    now = START + timedelta(seconds=200)
    times = []
    for done in PHASES[: PHASES.index(phase)]:
        times.append(PhaseTime(done, START, START + timedelta(seconds=3)))
    over = stage in OUTCOMES
    times.append(PhaseTime(phase, now - timedelta(seconds=42), now if over else None))
    run_changes = changes.pop("run", {})
    values: dict[str, object] = {
        "now": now,
        "phases": tuple(times),
        "usual_s": {Phase.PREPARING: 97.0, Phase.FREEZE: 7.4},
    }
    return RunView(run(stage, **run_changes), **(values | changes))  # type: ignore[arg-type,dict-item]


SNAPSHOT = ProvedSnapshot("volume1", "flash1", f"csv1.{SUFFIX}", START + timedelta(seconds=150))
IN_GROUP = ProvedSnapshot(
    "volume1", "flash1", f"pg-sql.{SUFFIX}.csv1", START, protection_group="pg-sql", members=("csv2", "csv3")
)

_words = st.one_of(
    st.just(NASTY),
    st.text(max_size=40),
    st.sampled_from(["VSS-Öl", "&" * 700, "🔥" * 700, "<" * 3000, "`" * 90, "a\x00b"]),
)
_times = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
_seconds = st.one_of(st.none(), st.floats(0, 1e5))
_actors = st.one_of(st.just(Actor("U0ONCALL")), _words.map(lambda text: Actor(f"cli:{text}")))
_names = st.sampled_from(["volume1", "v" * 32, "a-b"])
_verdicts = st.builds(
    Verdict, st.sampled_from(sorted(OUTCOMES)), _words, what=_words, why=_words, safe=_words, next_step=_words
)
_runs = st.builds(
    Run,
    id=st.sampled_from([RUN_ID, "c" * 81]),
    target=st.builds(Target, _names, st.lists(_names, min_size=1, max_size=64).map(tuple)),
    backup_type=st.sampled_from(BackupType),
    stage=st.sampled_from(Stage),
    requested_by=_actors,
    requested_at=_times,
    channel=st.sampled_from(["", "C0TEAM", "D0ME"]),
    attempt=st.integers(1, 3),
    node=st.one_of(st.none(), _words),
    set_id=st.one_of(st.none(), st.just(SET_ID)),
    cancel_by=st.one_of(st.none(), st.just("U0ONCALL"), _words),
    ended_at=st.one_of(st.none(), _times),
    verdict=st.one_of(st.none(), _verdicts),
)
_phase_times = st.builds(PhaseTime, st.sampled_from(Phase), _times, st.one_of(st.none(), _times))
_writers = st.builds(
    WriterProgress,
    node=_words,
    writer=_words,
    phase=_words,
    running=st.booleans(),
    state=st.integers(0, 15),
    hresult=st.sampled_from([0, 0x800423F2, -2147212302]),
    at=_times,
    seconds=_seconds,
)
_vms = st.builds(
    VmInSet, _words, _words, _words, st.just(("volume1",)), st.sampled_from([True, False, None]), _words
)
_snapshots = st.builds(
    ProvedSnapshot,
    _names,
    _words,
    _words,
    _times,
    st.one_of(st.none(), _words),
    st.lists(_words, max_size=20).map(tuple),
)


def many(strategy: st.SearchStrategy, most: int = 6) -> st.SearchStrategy:
    """Return tuples of a few drawn values, sometimes repeated to a crowd."""
    few = st.lists(strategy, max_size=most)
    return st.builds(lambda values, times: tuple(values * times), few, st.sampled_from([1, 1, 60]))


@dataclass(frozen=True, repr=False)
class Drawn:
    """A drawn view; without the long repr, which Hypothesis warns of."""

    view: RunView


_views = st.builds(
    RunView,
    run=_runs,
    now=_times,
    phases=many(_phase_times),
    usual_s=st.dictionaries(st.sampled_from(Phase), st.floats(0, 1e4)),
    writers=many(_writers),
    vms=many(_vms),
    snapshots=many(_snapshots),
    waits_for=st.one_of(st.none(), st.just(RUN_ID)),
    notes=many(_words),
    joined=many(_actors),
    lagging=st.booleans(),
)

views = st.builds(Drawn, _views)
