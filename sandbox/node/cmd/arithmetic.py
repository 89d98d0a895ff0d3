"""SET /A: 32 bit integer expressions with C's operators ("set /?" lists them)."""

from __future__ import annotations

import re
from collections.abc import Callable

TOKEN = re.compile(r"\s*(<<=|>>=|<<|>>|[-+*/%&^|]=|[-+*/%&^|()!~=,]|[^\s<>()!~=,+\-*/%&^|]+)")
BINARY = {"|": 1, "^": 2, "&": 3, "<<": 4, ">>": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6}


class ArithmeticProblem(Exception):
    """An expression cannot be calculated; `code` is what ERRORLEVEL becomes."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.code = code


UNBALANCED = ("Unbalanced parenthesis.", 1073750988)
MISSING_OPERAND = ("Missing operand.", 1073750989)
MISSING_OPERATOR = ("Missing operator.", 1073750990)
INVALID_NUMBER = (
    "Invalid number.  Numeric constants are either decimal (17),\nhexadecimal (0x11), or octal (021).",
    1073750991,
)
TOO_LARGE = ("Invalid number.  Numbers are limited to 32-bits of precision.", 1073750992)
DIVIDE_BY_ZERO = ("Divide by zero error.", 1073750993)


def calculate(text: str, variable: Callable[[str], str | None], assign: Callable[[str, int], None]) -> int:
    """Calculate an expression list and return the last value. Raises ArithmeticProblem."""
    tokens: list[str] = []
    index = 0
    text = text.rstrip()
    while index < len(text):
        match = TOKEN.match(text, index)
        if match is None:
            raise ArithmeticProblem(*MISSING_OPERATOR)
        tokens.append(match.group(1))
        index = match.end()
    if not tokens:
        raise ArithmeticProblem("The syntax of the command is incorrect.", 1)
    return _Expression(tokens, variable, assign).list()


def _wrap(value: int) -> int:
    value &= 0xFFFFFFFF
    return value - 0x100000000 if value & 0x80000000 else value


class _Expression:
    def __init__(
        self, tokens: list[str], variable: Callable[[str], str | None], assign: Callable[[str, int], None]
    ) -> None:
        self._tokens = tokens
        self._index = 0
        self._variable = variable
        self._assign = assign

    def _peek(self, ahead: int = 0) -> str:
        at = self._index + ahead
        return self._tokens[at] if at < len(self._tokens) else ""

    def _take(self) -> str:
        word = self._peek()
        self._index += 1
        return word

    def list(self) -> int:
        value = self._assignment()
        while self._peek() == ",":
            self._take()
            value = self._assignment()
        if self._peek() == ")":
            raise ArithmeticProblem(*UNBALANCED)
        if self._peek():
            raise ArithmeticProblem(*MISSING_OPERATOR)
        return value

    def _assignment(self) -> int:
        operator = self._peek(1)
        if operator.endswith("=") and _is_name(self._peek()):
            name = self._take()
            self._take()
            right = self._assignment()
            value = right if operator == "=" else _binary(operator[:-1], self._value(name), right)
            self._assign(name, value)
            return value
        return self._operation(1)

    def _operation(self, level: int) -> int:
        if level > 6:
            return self._unary()
        left = self._operation(level + 1)
        while BINARY.get(self._peek()) == level:
            left = _binary(self._take(), left, self._operation(level + 1))
        return left

    def _unary(self) -> int:
        word = self._take()
        if word == "-":
            return _wrap(-self._unary())
        if word == "+":
            return self._unary()
        if word == "~":
            return _wrap(~self._unary())
        if word == "!":
            return int(self._unary() == 0)
        if word == "(":
            value = self._assignment()
            while self._peek() == ",":
                self._take()
                value = self._assignment()
            if self._take() != ")":
                raise ArithmeticProblem(*UNBALANCED)
            return value
        if not word or word in BINARY or word in {")", ",", "="}:
            raise ArithmeticProblem(*MISSING_OPERAND)
        return self._value(word)

    def _value(self, word: str) -> int:
        if not word[:1].isdigit():
            text = self._variable(word)
            return 0 if text is None else _leading(text.strip())
        number = _number(word)
        if number is None:
            raise ArithmeticProblem(*INVALID_NUMBER)
        if number > 0xFFFFFFFF or (not word.lower().startswith("0x") and number > 0x7FFFFFFF):
            raise ArithmeticProblem(*TOO_LARGE)
        return _wrap(number)


def _is_name(word: str) -> bool:
    return bool(word) and not word[0].isdigit() and word not in BINARY and word not in "()!~=,"


def _number(word: str) -> int | None:
    try:
        if word.lower().startswith("0x"):
            return int(word, 16)
        return int(word, 8) if word.startswith("0") and len(word) > 1 else int(word)
    except ValueError:
        return None


def _leading(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-")
    match = re.match(r"0[xX][0-9a-fA-F]+|[0-9]+", digits)
    number = _number(match.group(0)) if match else 0
    return _wrap(sign * (number or 0))


def _binary(operator: str, left: int, right: int) -> int:
    if operator in {"/", "%"}:
        if right == 0:
            raise ArithmeticProblem(*DIVIDE_BY_ZERO)
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return _wrap(quotient if operator == "/" else left - quotient * right)
    if operator in {"<<", ">>"}:
        if not 0 <= right < 32:
            return -1 if operator == ">>" and left < 0 else 0
        return _wrap(left << right) if operator == "<<" else left >> right
    results = {
        "|": left | right,
        "^": left ^ right,
        "&": left & right,
        "+": left + right,
        "-": left - right,
        "*": left * right,
    }
    return _wrap(results[operator])
