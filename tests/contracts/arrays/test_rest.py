"""What only the adapter can get wrong: every way in which the array's REST interface breaks."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from bot.ports import Refused, Unreachable
from sandbox.faults import Fault

from .benches import ARRAY, SandboxBench

# As purestorage 1.19 itself is on Python 3.11; from 3.12 on setuptools' distutils says nothing.
pytestmark = pytest.mark.filterwarnings("ignore:distutils Version classes:DeprecationWarning")

SUFFIX = "VSS-A169090846004E4181B0CE225B5BFE71"


def break_(
    sandbox: SandboxBench, kind: str, *, at: str = "array.any", count: int = 1, delay_s: float = 0
) -> None:
    sandbox.faults.add(Fault(at, kind, count, delay_s))


def test_a_wrong_token_is_refused_and_not_shown(sandbox: SandboxBench) -> None:
    wrong = sandbox.connect(token="11111111-2222-3333-4444-555555555555")
    with pytest.raises(Refused) as refused:
        wrong.about(ARRAY)
    assert refused.value.code == "array-login-refused"
    assert refused.value.place == ARRAY
    assert refused.value.next_step
    assert "11111111" not in str(refused.value)


def test_a_certificate_of_a_stranger_is_refused(sandbox: SandboxBench) -> None:
    wrong = sandbox.connect(ca_file=sandbox.certificates.other_ca_file)
    for ask in (lambda: wrong.about(ARRAY), lambda: wrong.clock(ARRAY)):
        with pytest.raises(Refused) as refused:
            ask()
        assert refused.value.code == "certificate-refused"


def test_a_certificate_that_is_exchanged_later_is_refused_too(sandbox: SandboxBench) -> None:
    break_(sandbox, "wrong_certificate")
    with pytest.raises(Refused) as refused:
        sandbox.arrays.about(ARRAY)
    assert refused.value.code == "certificate-refused"
    assert sandbox.arrays.about(ARRAY)["name"] == ARRAY, "and it heals by itself"


def test_a_closed_port_is_unreachable(sandbox: SandboxBench) -> None:
    closed = sandbox.connect(port=9)
    for ask in (lambda: closed.about(ARRAY), lambda: closed.clock(ARRAY)):
        with pytest.raises(Unreachable):
            ask()


@pytest.mark.parametrize("kind", ["500_busy", "503", "429", "html", "drop", "504_after_work", "unreachable"])
@pytest.mark.parametrize("logged_in", [False, True])
def test_what_is_no_answer_is_unreachable_and_heals(
    sandbox: SandboxBench, kind: str, logged_in: bool
) -> None:
    if logged_in:
        sandbox.arrays.about(ARRAY)
    break_(sandbox, kind, count=8)
    with pytest.raises(Unreachable) as silent:
        sandbox.arrays.snapshots(ARRAY, SUFFIX)
    assert silent.value.place == ARRAY
    sandbox.faults.clear()
    assert sandbox.arrays.snapshots(ARRAY, SUFFIX) == []


def test_a_slow_array_is_given_up_in_time(sandbox: SandboxBench) -> None:
    sandbox.arrays.about(ARRAY)
    break_(sandbox, "slow", at="array.get_volume", delay_s=6)
    began = time.monotonic()
    with pytest.raises(Unreachable, match="in time"):
        sandbox.arrays.snapshots(ARRAY, SUFFIX)
    assert time.monotonic() - began < 4
    sandbox.faults.clear()
    assert sandbox.arrays.snapshots(ARRAY, SUFFIX) == []


def test_a_session_that_ended_is_begun_anew(sandbox: SandboxBench) -> None:
    sandbox.arrays.about(ARRAY)
    break_(sandbox, "session_lost")
    assert sandbox.arrays.about(ARRAY)["name"] == ARRAY


def test_a_clock_without_a_date_or_behind_an_error_is_unreachable(sandbox: SandboxBench) -> None:
    break_(sandbox, "unreachable", at="array.any")
    with pytest.raises(Unreachable):
        sandbox.arrays.clock(ARRAY)


def test_reading_needs_no_right_to_write(sandbox: SandboxBench) -> None:
    sandbox.add_volume("csv1")
    sandbox.snapshot("csv1", SUFFIX)
    before = len(sandbox.array.audit)
    sandbox.arrays.snapshots(ARRAY, SUFFIX)
    sandbox.arrays.volumes(ARRAY, ["0" * 24])
    assert sandbox.array.accounts["reader"].role == "readonly"
    assert not [
        row for row in list(sandbox.array.audit)[before:] if row.component_type in ("purevol", "purepgroup")
    ]


def test_a_snapshot_that_is_listed_late_is_not_there_yet(sandbox: SandboxBench) -> None:
    sandbox.array.switches.snapshot_visible_after_s = 60_000  # a minute at this world's speed
    sandbox.add_volume("csv1")
    sandbox.snapshot("csv1", SUFFIX)
    assert sandbox.arrays.snapshots(ARRAY, SUFFIX) == []


def test_an_array_whose_clock_is_off_says_its_own_time(sandbox: SandboxBench) -> None:
    sandbox.array.clock.set_skew(ARRAY, -3600)
    behind = sandbox.array.clock.now() - sandbox.arrays.clock(ARRAY)
    assert timedelta(minutes=59) < behind < timedelta(minutes=61)
