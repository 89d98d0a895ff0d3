from __future__ import annotations

from typing import Any

import pytest

from sandbox.slack.blocks import block_faults, view_faults
from tests.tools.blockkit.validate_blocks import validate

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def section(text: str = "x", **more: Any) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(**more: Any) -> Block:
    return {"type": "button", "action_id": "a", "text": plain("Go"), **more}


def task(status: str) -> Block:
    return {"task_id": "t", "title": "Preparing", "status": status}


GOOD: dict[str, list[Block]] = {
    "plain blocks": [{"type": "header", "text": plain("Title")}, section(), {"type": "divider"}],
    "a card": [
        section(fields=[{"type": "mrkdwn", "text": "f"}]),
        {"type": "actions", "elements": [button()]},
    ],
    "a plan": [{"type": "plan", "title": "Phases", "tasks": [task("in_progress")]}],
    "a table": [{"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}],
}
BAD: dict[str, list[Block]] = {
    "an unknown block": [{"type": "sektion"}],
    "a section without content": [{"type": "section"}],
    "a text over 3000 characters": [section("x" * 3001)],
    "a header over 150 characters": [{"type": "header", "text": plain("x" * 151)}],
    "a header in mrkdwn": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    "a button text over 75 characters": [{"type": "actions", "elements": [button(text=plain("x" * 76))]}],
    "a button without text": [{"type": "actions", "elements": [{"type": "button", "action_id": "a"}]}],
    "26 buttons": [{"type": "actions", "elements": [button(action_id=str(n)) for n in range(26)]}],
    "11 context elements": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}],
    "11 fields": [section(fields=[{"type": "mrkdwn", "text": "f"}] * 11)],
    "a field over 2000 characters": [section(fields=[{"type": "mrkdwn", "text": "f" * 2001}])],
    "51 blocks": [{"type": "divider"}] * 51,
    "a block_id used twice": [section(block_id="b"), section(block_id="b")],
    "two plans": [{"type": "plan", "title": "P", "tasks": [task("pending")]}] * 2,
    "a task with a status Slack has not": [{"type": "plan", "title": "P", "tasks": [task("completed")]}],
    "two tables": [{"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}] * 2,
    "21 columns": [{"type": "table", "rows": [[{"type": "raw_text", "text": "a"}] * 21]}],
    "an alert in a message": [{"type": "alert", "text": plain("x")}],
    "too much markdown": [{"type": "markdown", "text": "x" * 7000}, {"type": "markdown", "text": "x" * 7000}],
}


@pytest.mark.parametrize("blocks", GOOD.values(), ids=GOOD)
def test_good_blocks_pass(blocks: list[Block]) -> None:
    assert block_faults(blocks) == []


@pytest.mark.parametrize("blocks", BAD.values(), ids=BAD)
def test_bad_blocks_are_refused(blocks: list[Block]) -> None:
    assert block_faults(blocks)


@pytest.mark.parametrize("blocks", [*GOOD.values(), *BAD.values()], ids=[*GOOD, *BAD])
def test_the_workspace_and_the_checker_agree(blocks: list[Block]) -> None:
    assert bool(block_faults(blocks)) == bool(validate(blocks))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    "nonsense", [[1], {"type": "section"}, "x", [{"type": []}], [{"type": "plan", "tasks": 3}]]
)
def test_nonsense_is_refused_and_breaks_nothing(nonsense: Any) -> None:
    assert block_faults(nonsense)


def test_an_empty_text_is_refused() -> None:
    assert block_faults([section("")]) == [
        "blocks[0]: must be more than 0 characters [json-pointer:/text/text]"
    ]


def test_a_fault_points_at_its_place() -> None:
    fault = block_faults([section(), section("x" * 3001)])[0]
    assert fault == "blocks[1]: text has 3001 characters, at most 3000 are allowed [json-pointer:/text]"


def test_a_plan_is_for_messages_only() -> None:
    home = {"type": "home", "blocks": GOOD["a plan"]}
    assert view_faults(home) == ["blocks[0]: plan is not allowed on a home"]


def test_a_modal_with_inputs_needs_a_submit_button() -> None:
    entry = {
        "type": "input",
        "label": plain("Name"),
        "element": {"type": "plain_text_input", "action_id": "n"},
    }
    modal = {"type": "modal", "title": plain("T"), "blocks": [entry]}
    assert view_faults(modal) == ["a modal with input blocks needs submit"]
    assert view_faults({**modal, "submit": plain("Save")}) == []
