"""A world without nodes, and a client of its control API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sandbox.control import ControlServer
from sandbox.world import Options, World


class Control:
    """Calls the control API."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False

    def get(self, path: str) -> Any:
        return self.call("GET", path).json()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        reply = self.call("POST", path, json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def refused(self, path: str, body: dict[str, Any]) -> str:
        """Return the error of a POST that must be refused with 400."""
        reply = self.call("POST", path, json=body)
        assert reply.status_code == 400, reply.text
        return str(reply.json()["error"])

    def call(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        return self.http.request(method, f"{self.url}/_sandbox/{path}", timeout=30, **kwargs)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    world = World(Options(folder, frozenset({"array", "slack"}), speed=1000))
    yield world
    world.close()


@pytest.fixture(scope="module")
def control(world: World) -> Iterator[Control]:
    server = ControlServer(world)
    client = Control(server.url)
    yield client
    client.http.close()
    server.close()
