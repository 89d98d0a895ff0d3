"""The published list of what the simulated array supports is the whole truth."""

from __future__ import annotations

from importlib.resources import files

from sandbox.purity.rest1 import ROUTES


def test_the_list_names_every_route_and_no_other() -> None:
    text = (files("sandbox.purity") / "supported.md").read_text("utf-8")
    listed = {line.split("`")[1] for line in text.splitlines() if line.startswith("| `")}
    routes = {f"{method} {form}" for method, form in ROUTES}
    login = {"GET api_version", "POST auth/apitoken", "POST auth/session", "DELETE auth/session"}
    assert listed == routes | login
