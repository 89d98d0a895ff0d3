"""Every outcome of a backup asked for in Slack, on nodes whose unknown habits are the worse ones."""

from __future__ import annotations

import json
import re

from tests.journeys.stories import HYPER_V, Story
from tests.journeys.world import Town, first, second, text_of


def test_a_protection_group_is_snapped_whole_and_its_members_are_named(
    town: Town, stories: dict[str, Story]
) -> None:
    story = stories["group"]
    assert town.ends(story.run) == "verified"
    [name] = town.snapshots(story.cluster)
    assert re.fullmatch(rf"pg-{story.cluster}\.VSS-[0-9A-F]{{32}}\.{story.cluster}-csv2", name)
    card = town.card(story.run)
    assert f"`{name}`" in text_of(card)
    assert f"with it `{story.cluster}-sql-data`" in text_of(card)
    before_the_gate = [text_of(one) for one in card["revisions"] if one["text"].startswith("Gathering")]
    assert all(f"{story.cluster}-sql-data" in text for text in before_the_gate)


def test_two_volumes_are_one_set_with_one_suffix(town: Town, stories: dict[str, Story]) -> None:
    story = stories["two"]
    assert town.ends(story.run) == "verified"
    names = town.snapshots(story.cluster)
    assert {name.partition(".")[0] for name in names} == {f"{story.cluster}-csv1", f"{story.cluster}-csv3"}
    assert len({name.partition(".")[2] for name in names}) == 1
    card = text_of(town.card(story.run))
    assert all(f"`{name}`" in card for name in names)
    [one] = town.sets(story.cluster)
    assert one["volumes"] == ["C:\\ClusterStorage\\Volume1\\", "C:\\ClusterStorage\\Volume3\\"]
    [notice] = town.notices(story.run)
    assert all(name in notice["text"] for name in names)


def test_a_veto_of_the_provider_fails_and_is_explained_though_the_exit_code_is_0(
    town: Town, stories: dict[str, Story]
) -> None:
    story = stories["veto"]
    assert town.ends(story.run) == "failed"
    assert town.snapshots(story.cluster) == []
    verdict = town.verdict(story.run)
    assert verdict["code"] == "0x80042306"
    assert "VSS_E_PROVIDER_VETO" in verdict["why"]
    assert "No array snapshot was taken" in verdict["safe"]
    assert verdict["next_step"]
    facts = town.rows("select value from facts where run_id = ? and name = 'witnesses'", story.run)
    assert json.loads(facts[0]["value"])["requester"]["exit_code"] == 0
    [notice] = town.notices(story.run)
    assert notice["text"].startswith("Failed: ")
    assert "0x80042306" in text_of(town.card(story.run))


def test_a_failed_writer_is_never_called_good(town: Town, stories: dict[str, Story]) -> None:
    story = stories["writer"]
    assert town.ends(story.run) in ("incomplete", "failed")
    verdict = town.verdict(story.run)
    assert HYPER_V in verdict["why"]
    card = text_of(town.card(story.run))
    assert f"*VSS writers on `{first(story.cluster)}`*" in card
    assert f"*Failed* · `{HYPER_V}` · " in card
    there = town.snapshots(story.cluster)
    assert (town.stage(story.run) == "incomplete") == bool(there)
    assert all(name in verdict["safe"] for name in there)


def test_a_vm_that_was_left_out_is_named(town: Town, stories: dict[str, Story]) -> None:
    story = stories["left out"]
    assert town.ends(story.run) == "incomplete"
    [name] = town.snapshots(story.cluster)
    verdict = town.verdict(story.run)
    assert f"VM {story.cluster}-vm01" in verdict["why"]
    assert name in verdict["safe"]
    assert f"Left out* · `{story.cluster}-vm01`" in text_of(town.card(story.run))
    [notice] = town.notices(story.run)
    assert f"{story.cluster}-vm01" in text_of(notice)


def test_a_vm_that_fails_on_another_node_is_found_though_diskshadow_saw_nothing(
    town: Town, stories: dict[str, Story]
) -> None:
    story = stories["elsewhere"]
    assert town.ends(story.run) == "incomplete"
    assert len(town.snapshots(story.cluster)) == 1
    verdict = town.verdict(story.run)
    assert f"{story.cluster}-vm02" in verdict["why"]
    assert second(story.cluster) in verdict["why"]


def test_a_terminal_gets_the_outcome_as_json_and_as_exit_code(town: Town, stories: dict[str, Story]) -> None:
    story = stories["json"]
    assert story.terminal is not None
    out, err = story.terminal.communicate(timeout=120)
    assert (story.terminal.returncode, err) == (11, "")
    answer = json.loads(out)
    [name] = town.snapshots(story.cluster)
    assert answer["outcome"] == "incomplete"
    assert answer["code"] == "vm-left-out"
    assert [one["name"] for one in answer["snapshots"]] == [name]
    assert town.ends(answer["run"]) == "incomplete"
    assert f"VM {story.cluster}-vm02" in text_of(town.card(answer["run"]))


def test_a_terminal_shows_the_phases_as_plain_lines_where_it_is_a_pipe(
    town: Town, stories: dict[str, Story]
) -> None:
    story = stories["lines"]
    assert story.terminal is not None
    out, err = story.terminal.communicate(timeout=120)
    assert (story.terminal.returncode, err) == (0, "")
    [name] = town.snapshots(story.cluster)
    assert f"array snapshot {name} on fa1" in out
    assert "handed to the bot that runs already" in out
    assert "VERIFIED: " in out
    lines = [line.split()[-1] for line in out.splitlines() if re.match(r"\d\d:\d\d:\d\dZ ", line)]
    assert lines[0] == "Checking"
    assert lines[-1] == "Proving"
