"""The raw REST 1.x wire: what clients other than the vendor's may rely on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from sandbox.purity import FlashArray, PurityServer
from sandbox.tls import Certificates


class Wire:
    """A plain HTTP client that is logged in."""

    def __init__(self, url: str, ca_file: str, token: str) -> None:
        self.session = requests.Session()
        self.session.verify = ca_file
        self.session.trust_env = False
        self.url = url
        self.call("POST", "1.12/auth/session", json={"api_token": token})

    def call(self, method: str, path: str, **kwargs: object) -> requests.Response:
        return self.session.request(method, f"{self.url}/api/{path}", timeout=5, **kwargs)  # type: ignore[arg-type]


@pytest.fixture
def wire(server: PurityServer, array: FlashArray, certificates: Certificates) -> Iterator[Wire]:
    wire = Wire(server.url, str(certificates.ca_file), array.accounts["vss"].api_token)
    yield wire
    wire.session.close()


def test_arguments_may_be_a_query_string(wire: Wire) -> None:
    wire.call("POST", "1.12/pgroup", json={"snap": True, "source": ["pg1"], "suffix": "s1"})
    reply = wire.call("GET", "1.12/pgroup?names=pg1&snap=true&transfer=true&sort=created-&limit=5", data='""')
    assert [row["name"] for row in reply.json()] == ["pg1.s1"]


def test_arguments_may_be_the_body_of_a_get(wire: Wire) -> None:
    wire.call("POST", "1.12/volume", json={"snap": True, "source": ["csv01"], "suffix": "s1"})
    assert wire.call("GET", "1.12/volume/csv01", json={"snap": True}).json()[0]["name"] == "csv01.s1"


def test_every_reply_sets_the_session_again(wire: Wire) -> None:
    for path in ("1.12/array", "1.12/volume/nope", "1.12/nonsense", "api_version", "2.4/volumes"):
        assert wire.call("GET", path).headers["Set-Cookie"].startswith("session="), path


def test_versions_are_told_without_a_login(server: PurityServer, certificates: Certificates) -> None:
    reply = requests.get(f"{server.url}/api/api_version", verify=str(certificates.ca_file), timeout=5)
    versions = reply.json()["version"]
    assert versions[:2] == ["1.0", "1.1"]
    assert versions[-1] == "2.15"
    assert "2.12" not in versions


def test_without_a_session_nothing_else_is_told(server: PurityServer, certificates: Certificates) -> None:
    reply = requests.get(f"{server.url}/api/1.19/volume", verify=str(certificates.ca_file), timeout=5)
    assert (reply.status_code, reply.json()[0]["msg"]) == (401, "Authentication required")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "1.20/volume", 450),
        ("GET", "2.4/volumes", 404),
        ("POST", "2.4/login", 404),
        ("GET", "1.12/drive", 404),
        ("PUT", "1.12/volume", 405),
        ("GET", "1.12/auth/session", 405),
        ("PATCH", "1.12/volume/csv01", 405),
        ("GET", "1.12/volume?sort=colour", 400),
        ("GET", "1.12/volume?filter=rm", 400),
        ("GET", "1.12/volume?limit=0", 400),
        ("GET", "1.12/volume?limit=5&token=x", 400),
        ("GET", "1.12/volume?space=true", 400),
        ("GET", "1.12/volume?snap=maybe", 400),
        ("GET", "", 404),
    ],
)
def test_what_is_not_supported_is_refused(wire: Wire, method: str, path: str, status: int) -> None:
    assert wire.call(method, path).status_code == status


def test_a_body_that_is_no_json_is_refused(wire: Wire) -> None:
    assert wire.call("GET", "1.12/volume", data="{").status_code == 400
    assert wire.call("GET", "1.12/volume", data="[1]").status_code == 400


def test_a_huge_body_is_refused_and_the_connection_closed(wire: Wire) -> None:
    reply = wire.call("GET", "1.12/array", headers={"Content-Length": "99999999"})
    assert reply.status_code == 413


def test_a_host_is_made_member_and_its_volumes_are_covered(wire: Wire, array: FlashArray) -> None:
    wire.call("POST", "1.12/pgroup/pg-hosts", json={"hostlist": ["hv-02"]})
    wire.call("POST", "1.12/pgroup", json={"snap": True, "source": ["pg-hosts"], "suffix": "s1"})
    names = [row["name"] for row in wire.call("GET", "1.12/volume", json={"snap": True}).json()]
    assert names == ["pg-hosts.s1.sql-data", "pg-hosts.s1.csv01", "pg-hosts.s1.csv02"]


def test_members_are_added_and_removed(wire: Wire) -> None:
    changed = wire.call("PUT", "1.12/pgroup/pg1", json={"addvollist": ["CSV01"], "remvollist": ["csv02"]})
    assert changed.json()["volumes"] == ["sql-data", "csv01"]


def test_a_connection_is_kept_for_many_requests(wire: Wire, server: PurityServer) -> None:
    before = server.requests
    for _ in range(3):
        wire.call("GET", "1.12/array")
    assert server.requests == before + 3


def test_several_groups_are_snapped_all_or_none(wire: Wire, array: FlashArray) -> None:
    array.add_group("pg2", volumes=["csv01"])
    wire.call("POST", "1.12/pgroup", json={"snap": True, "source": ["pg2"], "suffix": "s1"})
    reply = wire.call("POST", "1.12/pgroup", json={"snap": True, "source": ["pg1", "pg2"], "suffix": "s1"})
    assert reply.status_code == 400
    assert list(array.group_snapshots) == ["pg2.s1"]
