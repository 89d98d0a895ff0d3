"""Who gets a command's output when Receives overlap."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.wsman.output import Claim, Collected, Output
from sandbox.wsman.soap_faults import WsmanFault
from tests.sandbox.wsman.fake_computer import ScriptedProcess


def present() -> bool:
    return True


def test_what_comes_after_a_displaced_receive_goes_to_the_one_that_displaced_it() -> None:
    process = ScriptedProcess(1, "follow", "backup")
    output = Output(process, linger_s=0)
    asked = threading.Event()
    ends: list[object] = []

    def gone() -> bool:
        asked.set()
        return False

    def first() -> None:
        with pytest.raises(WsmanFault) as caught:
            output.collect(Claim(gone), 5, 100)
        ends.append(caught.value.code)

    threads = [threading.Thread(target=first)]
    threads[0].start()
    process.wait_for_reader()
    threads.append(threading.Thread(target=lambda: ends.append(output.collect(Claim(present), 5, 100))))
    threads[1].start()
    assert asked.wait(5)
    process.out(b"kept")
    for thread in threads:
        thread.join()
    assert 995 in ends
    assert Collected([("stdout", b"kept")], None) in ends


def test_nothing_is_lost_between_the_last_output_and_the_end() -> None:
    process = ScriptedProcess(1, "follow", "backup")
    output = Output(process, linger_s=0)
    process.out(b"last").end(4)
    assert output.collect(Claim(present), 1, 100) == Collected([("stdout", b"last")], 4)
    assert output.collect(Claim(present), 1, 100) == Collected([], 4)


def test_silence_gives_nothing() -> None:
    assert Output(ScriptedProcess(1, "follow", "backup"), linger_s=0).collect(Claim(present), 0, 100) is None


@given(st.lists(st.tuples(st.sampled_from(["stdout", "stderr"]), st.binary(min_size=1, max_size=30))))
def test_output_above_the_limit_comes_in_pieces_and_done_with_the_last(
    written: list[tuple[str, bytes]],
) -> None:
    process = ScriptedProcess(1, "type", "backup")
    output = Output(process, linger_s=0)
    for stream, data in written:
        process.out(data, stream)
    process.end(0)
    got: dict[str, bytes] = {"stdout": b"", "stderr": b""}
    done = False
    while not done:
        collected = output.collect(Claim(present), 1, 7)
        assert collected is not None
        assert sum(len(data) for _, data in collected.chunks) <= 7
        for stream, data in collected.chunks:
            got[stream] += data
        done = collected.exit_code is not None
    assert got == {name: b"".join(d for s, d in written if s == name) for name in got}
