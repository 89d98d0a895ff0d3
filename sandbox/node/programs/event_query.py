"""The XPath subset of event queries that `wevtutil qe /q:` takes: System conditions joined by and/or.

Subset of "Consuming Events" (Windows Event Log documentation): *, *[System[…]] with EventRecordID, EventID,
Level, Provider[@Name=…], Channel, Computer and TimeCreated[timediff(@SystemTime) …] or [@SystemTime …].
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import datetime

from sandbox.node.eventlog import Event

Test = Callable[[Event, datetime], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<op><=|>=|!=|=|<|>)|(?P<punct>[\[\]()*@,])|(?P<number>\d+)|(?P<text>'[^']*'|\"[^\"]*\")|(?P<word>[A-Za-z]+))"
)
_OPERATORS = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_NUMBERS: dict[str, Callable[[Event], int]] = {
    "EventRecordID": lambda event: event.record_id,
    "EventID": lambda event: event.new.id,
    "Level": lambda event: event.new.level,
}
_TEXTS: dict[str, Callable[[Event], str]] = {
    "Channel": lambda event: event.channel,
    "Computer": lambda event: event.computer,
}


class BadQuery(ValueError):
    """The query is not one Windows (or this subset) understands: error 15001."""


def parse(query: str) -> Test:
    """Return the test a query describes; raises BadQuery."""
    return _Parser(_tokens(query)).query()


def _tokens(query: str) -> list[str]:
    tokens = []
    position = 0
    while query[position:].strip():
        match = _TOKEN.match(query, position)
        if match is None:
            raise BadQuery(query)
        tokens.append(match.group(match.lastgroup or 0))
        position = match.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens

    def query(self) -> Test:
        self._take("*")
        if not self._tokens:
            return lambda _event, _now: True
        self._take("[")
        self._take("System")
        self._take("[")
        test = self._either()
        self._take("]")
        self._take("]")
        if self._tokens:
            raise BadQuery(" ".join(self._tokens))
        return test

    def _next(self) -> str:
        return self._tokens[0] if self._tokens else ""

    def _take(self, expected: str = "") -> str:
        if not self._tokens or (expected and self._tokens[0] != expected):
            raise BadQuery(f"{expected or 'more'} expected at {self._next()!r}")
        return self._tokens.pop(0)

    def _either(self) -> Test:
        tests = [self._both()]
        while self._next() == "or":
            self._take()
            tests.append(self._both())
        return lambda event, now: any(test(event, now) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._next() == "and":
            self._take()
            tests.append(self._one())
        return lambda event, now: all(test(event, now) for test in tests)

    def _one(self) -> Test:
        if self._next() == "(":
            self._take("(")
            inside = self._either()
            self._take(")")
            return inside
        field = self._take()
        if field in _NUMBERS:
            return self._compare_number(_NUMBERS[field])
        if field in _TEXTS:
            return self._compare_text(_TEXTS[field])
        if field in ("Provider", "TimeCreated"):
            self._take("[")
            inside = self._attribute_tests(field)
            self._take("]")
            return inside
        raise BadQuery(field)

    def _attribute_tests(self, field: str) -> Test:
        tests = [self._attribute(field)]
        joint = ""
        while self._next() in ("and", "or"):
            joint = self._take()
            tests.append(self._attribute(field))
        if joint == "or":
            return lambda event, now: any(test(event, now) for test in tests)
        return lambda event, now: all(test(event, now) for test in tests)

    def _attribute(self, field: str) -> Test:
        if field == "TimeCreated" and self._next() == "timediff":
            for token in ("timediff", "(", "@", "SystemTime", ")"):
                self._take(token)
            compare, limit = _OPERATORS[self._operator()], int(self._number())
            return lambda event, now: bool(compare((now - event.at).total_seconds() * 1000, limit))
        self._take("@")
        name = self._take()
        if field == "Provider" and name == "Name":
            return self._compare_text(lambda event: event.new.source)
        if field == "TimeCreated" and name == "SystemTime":
            compare, moment = _OPERATORS[self._operator()], self._moment()
            return lambda event, _now: bool(compare(event.at, moment))
        raise BadQuery(name)

    def _compare_number(self, value: Callable[[Event], int]) -> Test:
        compare, number = _OPERATORS[self._operator()], int(self._number())
        return lambda event, _now: bool(compare(value(event), number))

    def _compare_text(self, value: Callable[[Event], str]) -> Test:
        compare, text = _OPERATORS[self._operator()], self._take().strip("'\"")
        return lambda event, _now: bool(compare(value(event), text))

    def _operator(self) -> str:
        token = self._take()
        if token not in _OPERATORS:
            raise BadQuery(token)
        return token

    def _number(self) -> str:
        token = self._take().strip("'\"")
        if not token.isdigit():
            raise BadQuery(token)
        return token

    def _moment(self) -> datetime:
        try:
            return datetime.fromisoformat(self._take().strip("'\""))
        except ValueError as err:
            raise BadQuery(str(err)) from err
