"""The gate of the writers: persons first, then in order of arrival, and nobody waits for ever."""

from __future__ import annotations

import threading

import pytest

from integrations.store.gate import Gate


def come(gate: Gate, name: str, order: list[str], *, patient: bool) -> threading.Thread:
    """Start a thread that enters, notes its name and leaves; return once it waits."""

    def enter() -> None:
        assert gate.enter(30, patient=patient)
        order.append(name)
        gate.leave()

    before = gate.waiting()
    thread = threading.Thread(target=enter)
    thread.start()
    pause = threading.Event()
    while gate.waiting() == before:
        pause.wait(0.001)
    return thread


def test_who_has_a_person_waiting_goes_first_the_others_in_order_of_arrival() -> None:
    gate = Gate()
    order: list[str] = []
    assert gate.enter(1, patient=False)
    arrivals = [
        ("work 1", True),
        ("work 2", True),
        ("command 1", False),
        ("work 3", True),
        ("command 2", False),
    ]
    threads = [come(gate, name, order, patient=patient) for name, patient in arrivals]
    gate.leave()
    for thread in threads:
        thread.join()
    assert order == ["command 1", "command 2", "work 1", "work 2", "work 3"]


@pytest.mark.parametrize("patient", [True, False])
def test_who_gave_up_is_not_let_in_later(patient: bool) -> None:
    gate = Gate()
    order: list[str] = []
    assert gate.enter(1, patient=False)
    assert not gate.enter(0.01, patient=patient)
    thread = come(gate, "next", order, patient=True)
    gate.leave()
    thread.join()
    assert order == ["next"]
    assert gate.enter(0.01, patient=patient)
