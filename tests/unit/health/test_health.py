"""Health and metrics over real HTTP on a free port."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from prometheus_client import CollectorRegistry, Gauge

from integrations.health.server import HealthServer


@pytest.fixture
def parts() -> dict[str, str]:
    return {"store": "ok", "slack": "ok"}


@pytest.fixture
def url(parts: dict[str, str]) -> Iterator[str]:
    registry = CollectorRegistry()
    Gauge("vssbot_runs_live", "Runs without an outcome.", registry=registry).set(3)
    server = HealthServer("127.0.0.1", 0, lambda: parts, registry)
    server.start()
    yield server.url
    server.close()


def get(url: str) -> requests.Response:
    with requests.Session() as http:
        http.trust_env = False
        return http.get(url, timeout=5)


def test_all_well_is_200(url: str) -> None:
    reply = get(f"{url}/healthz")
    assert (reply.status_code, reply.json()) == (200, {"ok": True, "store": "ok", "slack": "ok"})
    assert reply.headers["Content-Type"] == "application/json"


def test_one_part_that_is_not_well_is_503_and_named(url: str, parts: dict[str, str]) -> None:
    parts["slack"] = "not connected for 40 s"
    reply = get(f"{url}/healthz")
    assert reply.status_code == 503
    assert reply.json() == {"ok": False, "store": "ok", "slack": "not connected for 40 s"}


def test_metrics_are_served(url: str) -> None:
    assert "vssbot_runs_live 3.0" in get(f"{url}/metrics").text


def test_anything_else_is_not_there(url: str) -> None:
    reply = get(f"{url}/secrets")
    assert reply.status_code == 404
    assert "/healthz" in reply.text


def test_a_closed_server_answers_no_more() -> None:
    server = HealthServer("127.0.0.1", 0, dict, CollectorRegistry())
    server.start()
    assert get(f"{server.url}/healthz").ok
    server.close()
    with pytest.raises(requests.ConnectionError):
        get(f"{server.url}/healthz")
