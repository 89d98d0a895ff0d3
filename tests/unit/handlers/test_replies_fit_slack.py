"""Whatever a run looks like, Slack takes what we say about it, and nothing outside is obeyed."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.answers import Accepted, Answer, Explained, HelpShown, Listing, Shown, Told
from bot.domain.backup import OUTCOMES, Stage
from bot.domain.wording import Known
from bot.ports import Message
from handlers.replies import Replies
from tests.tools.blockkit.validate_blocks import validate
from tests.unit.handlers.views import IN_GROUP, NASTY, SNAPSHOT, run, view, views

REPLIES = Replies()
OBEYED = re.compile(r"<(?!@[UW][A-Z0-9]+>|#[CGD][A-Z0-9]+>|!date\^\d+\^[^|<>]+\|[^|<>]+>)[^>]*")
# Whole cards are slow to make up: a sixth of what the profile asks for elsewhere.
EVERYTHING = settings(
    max_examples=settings.default.max_examples // 6, deadline=None, suppress_health_check=list(HealthCheck)
)


def texts(node: object) -> list[str]:
    """Return every text of a payload that Slack parses as mrkdwn."""
    if isinstance(node, dict):
        own = [node["text"]] if node.get("type") == "mrkdwn" else []
        return own + [text for value in node.values() for text in texts(value)]
    return [text for value in node for text in texts(value)] if isinstance(node, list) else []


def assert_slack_takes(message: Message) -> None:
    assert validate(message.blocks) == []
    assert len(json.dumps(message.blocks)) <= 13_200
    assert message.text.strip()
    assert len(message.text) <= 4_000
    for block in message.blocks:
        if block["type"] == "context":
            assert 1 <= len(block["elements"]) <= 10
    for text in [message.text, *texts(message.blocks)]:
        assert 1 <= len(text) <= 3_000
        assert OBEYED.findall(text) == []
        assert "\u202e" not in text


@EVERYTHING
@given(views)
def test_every_message_about_any_run_is_taken_by_slack(drawn):
    any_view = drawn.view
    for message in (REPLIES.card(any_view), REPLIES.notice(any_view), REPLIES.ask_person(any_view)):
        assert_slack_takes(message)
        assert str(any_view.run.target)[:30] in message.text


@EVERYTHING
@given(st.lists(views, max_size=3), st.sampled_from([1, 40]))
def test_a_list_of_any_runs_is_taken_by_slack(some, times):
    live = tuple(drawn.view for drawn in some)
    runs = tuple(each.run for each in live)
    assert_slack_takes(REPLIES.answer(Listing(live * times, runs * times, note=NASTY)))


ANSWERS: list[Answer] = [
    Told(NASTY, NASTY * 30, NASTY, "Type `/vss status`."),
    Accepted(run(Stage.QUEUED), joined=False, waits_for="cluster1-x", note=NASTY * 9),
    Accepted(run(), joined=True),
    Accepted(run(channel="D0ME"), joined=False),
    Listing(),
    Listing((view(),), (run(Stage.VERIFIED), run(Stage.FAILED))),
    Shown(view(Stage.FAILED)),
    Explained("0x80042306", "VSS_E_PROVIDER_VETO", NASTY * 30, NASTY * 30, NASTY * 30),
    HelpShown(),
    HelpShown(Known({f"cluster{n}": ("volume1", "volume2") * 20 for n in range(300)})),
]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: type(answer).__name__)
def test_every_answer_is_taken_by_slack(answer):
    assert_slack_takes(REPLIES.answer(answer))


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("found", [(), (SNAPSHOT,), (IN_GROUP, SNAPSHOT)], ids=["none", "one", "group"])
def test_each_stage_has_a_card_and_a_text_that_begins_with_state_and_target(stage, found):
    message = REPLIES.card(view(stage, snapshots=found))
    assert_slack_takes(message)
    assert re.match(r"[A-Z][a-z ,]+: backup of cluster1 volume1", message.text)
    assert message.blocks[0]["text"]["text"].startswith(f"*{message.text.split('.')[0]}*")


def test_the_words_of_outcomes_are_all_different():
    words = {REPLIES.card(view(stage)).text.split(":")[0] for stage in OUTCOMES}
    assert len(words) == len(OUTCOMES)


def test_a_name_keeps_its_characters_and_outside_text_does_not_format():
    name = "sql_01*prod* <x> & :fire:"
    noted = view(notes=("VM *x* is `in_use` at <!here>, see :bomb: and _this_",))
    message = REPLIES.card(
        view(Stage.VERIFIED, snapshots=(SNAPSHOT.__class__("v", "a", name, SNAPSHOT.created),))
    )
    assert "`sql_01*prod* &lt;x&gt; &amp; :fire:`" in json.dumps(message.blocks, ensure_ascii=False)
    text = json.dumps(REPLIES.card(noted).blocks, ensure_ascii=False)
    assert "VM ∗x∗ is `in_use` at &lt;!here&gt;, see ∶bomb: and ˍthisˍ" in text
