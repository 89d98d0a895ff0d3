"""Logs as JSON lines on stderr, with secrets taken out of every field, traceback and library message."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterable
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

TOKENS = re.compile(r"xox[a-z]-[A-Za-z0-9-]+|xapp-[A-Za-z0-9-]+|https://hooks\.slack\.com/[^\s\"\\]+")
HIDDEN = "[hidden]"


class Redactor:
    """Replaces secrets in any text; knows Slack's token shapes and the secrets it is told."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {spelt for secret in secrets if len(secret) >= 4 for spelt in _spellings(secret)}
        self._secrets = tuple(sorted(known, key=len, reverse=True))

    def clean(self, text: str) -> str:
        """Return the text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return TOKENS.sub(HIDDEN, text)

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Clean every text of a log event (a structlog processor)."""
        return {key: self.clean(value) if isinstance(value, str) else value for key, value in event.items()}

    def line(self, _logger: WrappedLogger, _method: str, text: Any) -> str:
        """Clean a whole line: exceptions and other objects become text only when it is written."""
        return self.clean(str(text))


def _spellings(secret: str) -> set[str]:
    """Return how a secret may stand in a line: as it is, in a repr, and each of these in JSON."""
    plain = {secret, repr(secret)[1:-1], repr(secret.encode())[2:-1]}
    return plain | {json.dumps(text, ensure_ascii=flag)[1:-1] for text in plain for flag in (True, False)}


def configure(secrets: Iterable[str] = (), *, level: int = logging.INFO) -> None:
    """Send structlog's and the libraries' logs to stderr as JSON lines."""
    redactor = Redactor(secrets)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redactor,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            redactor,
            structlog.processors.JSONRenderer(default=str),
            redactor.line,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("slack_bolt", "slack_sdk", "urllib3", "apscheduler", "alembic", "dbos", "spnego"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
