"""Block Kit as Slack enforces it: a schema made from Slack's own types, and the rules that span a payload.

The schema's origin is told in block-kit.md beside it.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol, cast

from jsonschema import Draft7Validator, ValidationError, validators

Block = dict[str, Any]

NOT_ON = {
    "message": {"alert", "file"},
    "home": {"alert", "context_actions", "file", "markdown", "plan", "table", "task_card", "data_table"},
    "modal": {
        *{"card", "carousel", "container", "context_actions", "data_visualization", "data_table"},
        *{"file", "markdown", "plan", "table", "task_card"},
    },
}
MOST_BLOCKS = {"message": 50, "home": 100, "modal": 100}
MOST_MARKDOWN, MOST_TABLE, MOST_COLUMNS, MOST_FIELD = 12_000, 10_000, 20, 2000


class _Checks(Protocol):
    def iter_errors(self, instance: object) -> Iterator[ValidationError]: ...


@functools.cache
def _schema() -> dict[str, Any]:
    path = Path(__file__).with_name("block-kit.schema.json")
    return cast(dict[str, Any], json.loads(path.read_text(encoding="utf-8")))


def _text_length(
    _validator: Draft7Validator, limit: int, instance: object, _schema: object
) -> Iterator[ValidationError]:
    text = instance.get("text") if isinstance(instance, dict) else instance
    if isinstance(text, str) and len(text) > limit:
        yield ValidationError(f"text has {len(text)} characters, at most {limit} are allowed")


@functools.cache
def _checks(names: tuple[str, ...]) -> _Checks:
    extend = cast(Callable[..., Callable[[object], _Checks]], validators.extend)
    build = extend(Draft7Validator, {"x-textMaxLength": _text_length})
    refs = [{"$ref": f"#/definitions/{name}"} for name in names]
    return build(
        {"definitions": _schema()["definitions"], "anyOf": refs}
        if len(refs) > 1
        else {"definitions": _schema()["definitions"], **refs[0]}
    )


def _sentence(error: ValidationError) -> str:
    if error.context:
        nearest = sorted(error.context, key=lambda inner: -len(inner.path))[:3]
        return "; ".join(sorted({_sentence(inner) for inner in nearest}))
    return f"{error.message[:160]} [json-pointer:/{'/'.join(map(str, error.absolute_path))}]"


@functools.lru_cache(maxsize=4096)
def _faults_of(text: str) -> tuple[str, ...]:
    """Check one block, given as JSON: a card's blocks mostly repeat from edit to edit."""
    block: Block = json.loads(text)
    kind = block.get("type")
    known = _schema()["x-byType"].get(kind, []) if isinstance(kind, str) else []
    names = ("ImageBlock",) if kind == "image" else tuple(n for n in known if n.endswith("Block"))
    if not names:
        return (f"unsupported block type: {kind!r}",)
    found = [_sentence(error) for error in _checks(names).iter_errors(block)]
    return tuple(found or [*_empty_texts(block, ""), *_further(block)])


def _empty_texts(node: object, place: str) -> Iterator[str]:
    """Find text objects without a character, which Slack's types allow and Slack refuses."""
    if isinstance(node, dict):
        if node.get("type") in ("mrkdwn", "plain_text") and node.get("text") == "":
            yield f"must be more than 0 characters [json-pointer:{place}/text]"
        for name, part in node.items():
            yield from _empty_texts(part, f"{place}/{name}")
    elif isinstance(node, list):
        for number, part in enumerate(node):
            yield from _empty_texts(part, f"{place}/{number}")


def _further(block: Block) -> list[str]:
    kind = block["type"]
    if kind == "plan":
        tasks = [{"type": "task_card", **task} for task in block.get("tasks", [])]
        return [fault for task in tasks for fault in _faults_of(json.dumps(task))]
    if kind == "section":
        return _section(block)
    if kind in ("table", "data_table"):
        return _table(block)
    return []


def _section(block: Block) -> list[str]:
    if not (block.get("text") or block.get("fields")):
        return ["a section needs text or fields"]
    long = [field for field in block.get("fields", []) if len(field.get("text", "")) > MOST_FIELD]
    return [f"a field has more than {MOST_FIELD} characters"] if long else []


def _table(block: Block) -> list[str]:
    rows = block.get("rows", [])
    size = sum(len(json.dumps(cell.get("text", cell.get("elements", "")))) for row in rows for cell in row)
    faults = [f"a table has more than {MOST_TABLE} characters"] if size > MOST_TABLE else []
    if any(len(row) > MOST_COLUMNS for row in rows):
        faults.append(f"a table has more than {MOST_COLUMNS} columns")
    if block["type"] == "data_table":
        if len({len(row) for row in rows}) > 1:
            faults.append("the rows of a data_table differ in length")
        if not 2 <= len(rows) <= 101:
            faults.append("a data_table needs 2 to 101 rows")
    return faults


def _together(blocks: list[Block]) -> list[str]:
    kinds = [block.get("type") for block in blocks]
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    faults = [f"block_id {name!r} is used twice" for name in sorted({i for i in ids if ids.count(i) > 1})]
    if kinds.count("plan") > 1:
        faults.append("a message holds at most one plan")
    if "plan" in kinds and "task_card" in kinds:
        faults.append("plan and task_card exclude each other")
    if kinds.count("table") + kinds.count("data_table") > 1:
        faults.append("a message holds at most one table")
    if sum(len(block.get("text", "")) for block in blocks if block.get("type") == "markdown") > MOST_MARKDOWN:
        faults.append(f"markdown blocks have more than {MOST_MARKDOWN} characters together")
    return faults


def block_faults(blocks: object, surface: str = "message") -> list[str]:
    """Return what is wrong with these blocks on "message", "home" or "modal"; nothing means Slack takes them."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return ["blocks must be an array of objects"]
    if len(blocks) > MOST_BLOCKS[surface]:
        return [f"no more than {MOST_BLOCKS[surface]} items allowed [json-pointer:/blocks]"]
    faults = []
    for number, block in enumerate(blocks):
        found = list(_faults_of(json.dumps(block)))
        if isinstance(block.get("type"), str) and block["type"] in NOT_ON[surface]:
            found.append(f"{block['type']} is not allowed on a {surface}")
        faults += [f"blocks[{number}]: {fault}" for fault in found]
    return faults or _together(blocks)


def view_faults(view: dict[str, Any]) -> list[str]:
    """Return what is wrong with a modal or Home view."""
    surface = str(view.get("type"))
    if surface not in ("home", "modal"):
        return [f"unsupported view type: {surface!r}"]
    frame = _checks(("HomeView" if surface == "home" else "ModalView",))
    faults = [_sentence(error) for error in frame.iter_errors({**view, "blocks": []})]
    blocks = view.get("blocks", [])
    inputs = isinstance(blocks, list) and any(
        isinstance(b, dict) and b.get("type") == "input" for b in blocks
    )
    if surface == "modal" and inputs and "submit" not in view:
        faults.append("a modal with input blocks needs submit")
    return faults + block_faults(blocks, surface)
