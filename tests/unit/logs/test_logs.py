"""Logs: JSON lines on stderr, and no secret in any of them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import redirect_stderr
from io import StringIO
from typing import Any

import pytest
import structlog

from bot import logs

PASSWORD = 'p"a\\ss wörd-7'
TOKENS = ["xoxb-123-456-abcDEF", "xapp-1-A1-2-abc", "https://hooks.slack.com/actions/T1/2/xyz"]


@pytest.fixture
def written() -> Iterator[StringIO]:
    """Configure the logs and return what is written to stderr."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    with redirect_stderr(StringIO()) as stream:
        logs.configure([PASSWORD, "abc", "a-long-array-token"])
        yield stream
    root.handlers[:], root.level = before, level
    structlog.reset_defaults()


def lines(written: StringIO) -> list[dict[str, Any]]:
    """Return the lines, in which no secret may stand however it is spelt."""
    text = written.getvalue()
    spellings = {PASSWORD, repr(PASSWORD)[1:-1]}
    spellings |= {json.dumps(one, ensure_ascii=flag)[1:-1] for one in spellings for flag in (True, False)}
    for secret in (*TOKENS, *spellings, "a-long-array-token"):
        assert secret not in text, text
    return [json.loads(line) for line in text.splitlines()]


def test_an_event_is_one_line_with_its_fields(written: StringIO) -> None:
    structlog.get_logger("run").info("stage changed", run_id="r1", stage="proving")
    (line,) = lines(written)
    assert (line["event"], line["run_id"], line["stage"]) == ("stage changed", "r1", "proving")
    assert (line["level"], line["logger"]) == ("info", "run")
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("secret", [*TOKENS, PASSWORD, "a-long-array-token"])
def test_secrets_are_hidden_wherever_they_stand(written: StringIO, secret: str) -> None:
    log = structlog.get_logger("x")
    log.info(f"logging on with {secret}", field=secret)
    log.info("nested", deep={"key": [secret, {"more": f"<{secret}>"}]}, pair=(1, secret))
    log.warning("an object", error=RuntimeError(f"refused: {secret}"))
    log.info("bytes", raw=secret.encode())
    assert len(lines(written)) == 4


def test_secrets_are_hidden_in_tracebacks(written: StringIO) -> None:
    try:
        raise RuntimeError(f"refused {PASSWORD} and {TOKENS[0]}")
    except RuntimeError:
        structlog.get_logger("x").exception("broke off")
    (line,) = lines(written)
    assert "RuntimeError" in line["exception"] and "[hidden]" in line["exception"]


def test_what_libraries_log_is_json_without_secrets_too(written: StringIO) -> None:
    logger = logging.getLogger("some.library")
    logger.warning("token %s for %s", TOKENS[0], PASSWORD)
    logger.error("extra", extra={"token": TOKENS[1]})
    try:
        raise ValueError(PASSWORD)
    except ValueError:
        logger.exception("failed with %r", PASSWORD)
    first, _, last = lines(written)
    assert first["event"] == "token [hidden] for [hidden]"
    assert first["logger"] == "some.library"
    assert "ValueError" in last["exception"]


def test_chatty_libraries_are_quiet(written: StringIO) -> None:
    logging.getLogger("urllib3").info("Starting new HTTPS connection")
    logging.getLogger("slack_sdk.web").debug("body")
    assert lines(written) == []


def test_a_secret_of_a_few_letters_does_not_blacken_everything(written: StringIO) -> None:
    structlog.get_logger("x").info("the abc of it")
    assert lines(written)[0]["event"] == "the abc of it"
