"""The engine in memory: it works when told, and it can die in mid step and come back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

from bot.ports import Steps, Stopped
from integrations.engine.memory import Memory, recall, remember

T = TypeVar("T")


class Killed(BaseException):
    """The process died here, as by kill -9: nothing of the step was recorded."""


class FakeEngine:
    """ports.Engine: `submit` queues, `run_until_idle` runs the queues, several clusters in threads.

    `wait` is called for Steps.sleep. What a body raised is in `errors` by run id, as a workflow in error.
    """

    def __init__(
        self, run_body: Callable[[str, Steps], None], *, wait: Callable[[float], None] = lambda _: None
    ):
        self.errors: dict[str, Exception] = {}
        self.memories: dict[str, list[tuple[str, Memory]]] = {}
        self._run_body = run_body
        self._wait = wait
        self._queues: dict[str, list[str]] = {}
        self._stopping = False
        self._deadly_step: str | None = None

    def submit(self, run_id: str, cluster: str) -> None:
        """Queue a run; idempotent by its id."""
        if not run_id or not cluster:
            raise ValueError("a run without an id or a cluster would wait for ever")
        if run_id not in self.memories and not self._stopping:
            self.memories[run_id] = []
            self._queues.setdefault(cluster, []).append(run_id)

    def kill_in(self, step: str) -> None:
        """Die the next time this step was done but not recorded: run_until_idle raises Killed."""
        self._deadly_step = step

    def stop(self) -> None:
        """Let running steps leave; what did not end is run by the engine that `restart` returns."""
        self._stopping = True

    def restart(self, run_body: Callable[[str, Steps], None] | None = None) -> FakeEngine:
        """Return the engine of the next process on the same memory."""
        following = FakeEngine(run_body or self._run_body, wait=self._wait)
        following.memories, following._queues, following.errors = self.memories, self._queues, self.errors
        return following

    def run_until_idle(self) -> None:
        """Run everything that was submitted, also what is submitted meanwhile. Raises Killed."""
        while waiting := [cluster for cluster, queue in self._queues.items() if queue]:
            if self._stopping:
                return
            died: list[Killed] = []
            if len(waiting) == 1:
                self._work(waiting[0], died)
            else:
                threads = [threading.Thread(target=self._work, args=(name, died)) for name in waiting]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
            if died:
                raise died[0]

    def _work(self, cluster: str, died: list[Killed]) -> None:
        queue = self._queues[cluster]
        while queue and not self._stopping and not died:
            try:
                self._run_body(queue[0], _FakeSteps(self, queue[0]))
            except Stopped:
                return
            except Killed as death:
                died.append(death)
                return
            except Exception as error:  # noqa: BLE001 - as DBOS: the workflow ends in error, the next one runs
                self.errors[queue[0]] = error
            queue.pop(0)

    def _step(self, run_id: str, place: int, name: str, act: Callable[[], T]) -> T:
        if self._stopping:
            raise Stopped
        memory = self.memories[run_id]
        if place < len(memory):
            known, kept = memory[place]
            if known != name:
                raise AssertionError(f"step {place} of {run_id} was {known}, is now {name}")
            return cast(T, recall(kept))
        kept = remember(act)
        if name == self._deadly_step:
            self._deadly_step = None
            raise Killed(f"in step {name} of {run_id}")
        memory.append((name, kept))
        return cast(T, recall(kept))


class _FakeSteps:
    def __init__(self, engine: FakeEngine, run_id: str) -> None:
        self._engine = engine
        self._run_id = run_id
        self._place = 0

    def run(self, name: str, act: Callable[[], T]) -> T:
        place, self._place = self._place, self._place + 1
        return self._engine._step(self._run_id, place, name, act)

    def sleep(self, seconds: float) -> None:
        def wait() -> Any:
            self._engine._wait(seconds)

        self.run("sleep", wait)

    def stopping(self) -> bool:
        return self._engine._stopping
