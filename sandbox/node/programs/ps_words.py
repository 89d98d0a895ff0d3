"""Reads a PowerShell script of pipelines into statements, stages and words."""

from __future__ import annotations

from dataclasses import dataclass

_OPEN, _CLOSE = "({", ")}"


class BadScript(Exception):
    """The script has something the simulated PowerShell does not know; the text is PowerShell's error."""


@dataclass(frozen=True)
class Stage:
    """One command of a pipeline: its name in lower case and its words; quoted words lost their quotes."""

    command: str
    spelled: str
    words: tuple[str, ...]

    def parse(self, valued: set[str], flags: set[str]) -> tuple[dict[str, str], list[str]]:
        """Return the parameters with values, and the words that belong to none; raises BadScript."""
        parameters: dict[str, str] = {}
        plain: list[str] = []
        rest = iter(self.words)
        for word in rest:
            name = word.lower()
            if name in valued:
                parameters[name] = next(rest, "")
            elif name in flags:
                parameters[name] = ""
            elif word.startswith("-") and len(word) > 1:
                raise BadScript(self.unknown_parameter(word))
            else:
                plain.append(word)
        return parameters, plain

    def has(self, flag: str) -> bool:
        """Tell whether a switch parameter was given."""
        return any(word.lower() == flag for word in self.words)

    def unknown(self) -> str:
        """Return PowerShell's words for a command it does not have."""
        return (
            f"{self.spelled} : The term '{self.spelled}' is not recognized as the name of a cmdlet, function, script file, "
            "or operable \nprogram. Check the spelling of the name, or if a path was included, verify that the path is "
            f"correct and try again.\nAt line:1 char:1\n    + CategoryInfo          : ObjectNotFound: ({self.spelled}:String) "
            "[], CommandNotFoundException\n    + FullyQualifiedErrorId : CommandNotFoundException"
        )

    def unknown_parameter(self, word: str) -> str:
        """Return PowerShell's words for a parameter a command does not have."""
        name = word.lstrip("-")
        return (
            f"{self.spelled} : A parameter cannot be found that matches parameter name '{name}'.\nAt line:1 char:1\n"
            f"    + CategoryInfo          : InvalidArgument: (:) [{self.spelled}], ParameterBindingException\n"
            "    + FullyQualifiedErrorId : NamedParameterNotFound"
        )


def split_outside(text: str, separator: str) -> list[str]:
    """Split at a character that stands outside quotes, braces and parentheses; raises BadScript."""
    parts = [""]
    depth = 0
    quote = ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth -= 1
        elif char == separator and depth == 0:
            parts.append("")
            continue
        parts[-1] += char
    if quote:
        raise BadScript("The string is missing the terminator: " + quote + ".")
    if depth:
        raise BadScript("Missing closing '}' in statement block or type definition.")
    return parts


def statements(script: str) -> list[str]:
    """Return the statements of a script."""
    return [part.strip() for part in split_outside(script, ";") if part.strip()]


def stages(statement: str) -> list[Stage]:
    """Return the commands of a pipeline."""
    found = []
    for part in split_outside(statement, "|"):
        pieces = words(part)
        if not pieces:
            raise BadScript("An empty pipe element is not allowed.")
        found.append(Stage(pieces[0].lower(), pieces[0], tuple(pieces[1:])))
    return found


def words(text: str) -> list[str]:
    """Split at blanks outside quotes and braces; commas bind what stands beside them."""
    found: list[str] = []
    for piece in split_outside(text.strip(), " "):
        if not piece:
            continue
        if found and (found[-1].endswith(",") or piece.startswith(",")):
            found[-1] += piece
        else:
            found.append(piece)
    return [unquote(piece) for piece in found]


def unquote(text: str) -> str:
    """Take the quotes off a word that is wholly quoted; a doubled quote inside stands for one."""
    for quote in "'\"":
        if len(text) >= 2 and text[0] == text[-1] == quote and quote not in text[1:-1].replace(quote * 2, ""):
            return text[1:-1].replace(quote * 2, quote)
    return text
