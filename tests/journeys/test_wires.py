"""Wires that are cut, wrong, or lead to the wrong place: what is said, what is done, and what is never done."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.journeys.conftest import Build
from tests.journeys.world import Town, text_of, until

CUT = 100_000


@pytest.fixture(scope="module")
def hamlet(towns: Build) -> Town:
    """One cluster, so that a check is quick; its bot is started by whoever needs it."""
    return towns(1)


@pytest.fixture
def mended(hamlet: Town) -> Town:
    """The same, with nothing broken."""
    hamlet.mend()
    hamlet.post("array", array="fa1", action="certificate", by="ca")
    return hamlet


def rows(town: Town, code: int, **changed: str) -> dict[str, str]:
    """Run `vssbot check`, expect an exit code, and return what is wrong by wire."""
    done = town.vssbot("check", **changed)
    assert done.returncode == code, done.stdout + done.stderr
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in done.stdout.splitlines()]
    wrong: dict[str, str] = {}
    for row in cells:
        if row and row[0] == "no":
            wrong[row[1]] = " ".join([wrong.get(row[1], ""), *row[2:]])
    return wrong


def test_everything_is_well(mended: Town) -> None:
    done = mended.vssbot("check")
    assert done.returncode == 0, done.stdout + done.stderr
    for wire in ("Slack", "fa1", "hv-01", "hv-02", "cluster1 volume3"):
        assert re.search(rf"│ ok +│ {wire} ", done.stdout), wire
    assert "cluster1-csv3 on fa1" in done.stdout


def test_each_wrong_secret_is_told_by_its_wire(mended: Town) -> None:
    wrong = {
        "VSSBOT_ARRAY_FA1_TOKEN": "00000000-1111-2222-3333-444444444444",
        "VSSBOT_NODE_PASSWORD": "not-the-password",
        "VSSBOT_SLACK_BOT_TOKEN": "xoxb-not-a-token",
        "VSSBOT_SLACK_APP_TOKEN": "xapp-not-a-token",
    }
    said = rows(mended, 5, **wrong)
    assert "token" in said["fa1"]
    assert "Check the account" in said["hv-01"]
    assert "Check the account" in said["hv-02"]
    assert "VSSBOT_SLACK_BOT_TOKEN" in said["Slack"]
    assert "connections:write" in said["Slack"]
    assert not [secret for secret in wrong.values() if secret in str(said)]


def test_nodes_that_cannot_be_reached_are_named(mended: Town) -> None:
    mended.break_("winrm.connect@hv-01", "refuse", count=CUT)  # https
    mended.break_("winrm.connect@hv-02", "refuse", count=CUT)  # http
    said = rows(mended, 5)
    for node in ("hv-01", "hv-02"):
        assert "cut" in said[node]
        assert f"{node} can be reached" in said[node]


def test_a_certificate_of_another_authority_is_refused_and_nothing_is_asked_all_the_same(
    mended: Town,
) -> None:
    mended.post("array", array="fa1", action="certificate", by="other-ca")
    before = mended.state()["arrays"][0]["requests"]
    said = rows(mended, 5)
    assert "certificate" in said["fa1"]
    # The nodes' provider asks the array as well, by its own means; the bot's own token was never shown.
    assert mended.state()["arrays"][0]["requests"] == before


def edited(town: Town, name: str, change: Callable[[str], str]) -> str:
    """Write a changed copy of the configuration and return its path."""
    path = town.folder / name
    path.write_text(change((town.folder / "vssbot.toml").read_text("utf-8")), "utf-8")
    return str(path)


TYPOS = {
    "team_channel": ("team_chanel", "team_chan"),
    'transport = "ntlm"': ('transport = "ntml"', "ntlm"),
    'url = "https:': ('url = "htps:', "url"),
    'address = "': ('address = "https://', "address"),
    "backup_type": ('backup_type = "fool"\n#', "full"),
}


def test_every_typo_of_a_configuration_is_named_at_once_and_nothing_starts(hamlet: Town) -> None:
    def mistype(text: str) -> str:
        for right, (wrong, _) in TYPOS.items():
            text = text.replace(right, wrong, 1)
        return text

    done = hamlet.vssbot_with(edited(hamlet, "typos.toml", mistype), "serve")
    assert done.returncode == 3, done.stdout + done.stderr
    assert len(done.stderr.splitlines()) >= len(TYPOS)
    assert all("typos.toml" in line for line in done.stderr.splitlines())
    assert [hint for _, hint in TYPOS.values() if hint not in done.stderr] == []
    assert not (hamlet.folder / "vssbot.health").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace('"ca.pem"', '"no-such.pem"', 1), "no-such.pem"),
        (lambda text: text.replace("[slack]", "[slack"), "is not TOML"),
    ],
)
def test_a_configuration_that_cannot_be_used_does_not_start(
    hamlet: Town, change: Callable[[str], str], said: str
) -> None:
    done = hamlet.vssbot_with(edited(hamlet, "unusable.toml", change), "serve")
    assert done.returncode == 3, done.stdout + done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_every_missing_secret_is_named_at_once(hamlet: Town) -> None:
    done = hamlet.vssbot("serve", VSSBOT_ARRAY_FA1_TOKEN="", VSSBOT_NODE_PASSWORD="")
    assert done.returncode == 3
    assert "VSSBOT_ARRAY_FA1_TOKEN" in done.stderr
    assert "VSSBOT_NODE_PASSWORD" in done.stderr


def test_a_node_whose_authority_is_another_one_is_refused(mended: Town) -> None:
    path = edited(mended, "other.toml", lambda text: text.replace('"ca.pem"', '"other-ca.pem"'))
    done = mended.vssbot_with(path, "check")
    assert done.returncode == 5
    assert re.search(r"│ no +│ fa1 .*certificate", done.stdout)
    assert re.search(r"│ no +│ hv-01 .*certificate", done.stdout)


def test_an_array_that_cannot_be_asked_leaves_a_backup_unproved_until_it_is_back(mended: Town) -> None:
    town = mended.start_bot()
    town.post("node", action="set_timing", cluster="cluster1", complete_s=300.0)
    run = town.backup("cluster1", "volume1")
    until(lambda: town.snapshots("cluster1"), "the array has the snapshot")
    town.break_("array.any", "unreachable", count=CUT)
    town.in_phase(run, "Proving")
    assert "fa1 can be reached" in rows(town, 5)["fa1"]
    assert town.ends(run) == "unverified"
    [first] = town.notices(run)
    assert first["text"].startswith("Not verified yet")
    town.mend()
    assert town.comes_to(run, "verified")
    assert town.ends(run) == "verified"
    [name] = town.snapshots("cluster1")
    assert f"`{name}`" in text_of(town.card(run))
    assert town.card(run)["text"].startswith("Verified")
    assert [notice["text"].partition(":")[0] for notice in town.notices(run)] == [
        "Not verified yet",
        "Verified",
    ]
