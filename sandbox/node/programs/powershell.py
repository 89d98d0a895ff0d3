"""powershell.exe 5.1: one-line pipelines that read CIM instances into CSV, and nothing else.

Get-CimInstance [-Namespace] [-ClassName] [-Filter] | Select-Object [-Property] … | Export-Csv or ConvertTo-Csv,
several joined by semicolons. Everything else is answered as PowerShell answers what it does not know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.node import paths
from sandbox.node.argv import split_argv
from sandbox.node.errors import FileError
from sandbox.node.programs import cim
from sandbox.node.programs.cim.schema import Failure, Instance
from sandbox.node.programs.ps_columns import Column, columns, csv_line
from sandbox.node.programs.ps_filter import BadFilter, parse_filter
from sandbox.node.programs.ps_words import BadScript, Stage, stages, statements
from sandbox.node.windows import windows_of

if TYPE_CHECKING:
    from sandbox.node.process import Call

START_S = 1.5
QUERY_S = 0.1
_FLAGS = {"-noprofile", "-noninteractive", "-nologo", "-noexit", "-sta", "-mta"}
_VALUED = {"-executionpolicy", "-ep", "-ex", "-windowstyle", "-version", "-inputformat", "-outputformat"}
_ENCODINGS = {"utf8": "utf-8-sig", "unicode": "utf-16", "ascii": "ascii", "default": "cp1252", "oem": "cp437"}
_CIM_ERROR = (
    "Get-CimInstance : {message} \nAt line:1 char:1\n+ {line}\n+ {tildes}\n"
    "    + CategoryInfo          : {category}: ({target}:String) [Get-CimInstance], CimException\n"
    "    + FullyQualifiedErrorId : HRESULT {status},Microsoft.Management.Infrastructure.CimCmdlets.GetCimInstanceCommand"
)


def run(call: Call) -> int:
    """Run powershell.exe."""
    script = _script(call)
    call.work(START_S)
    if script is None:
        call.out("Windows PowerShell\r\nCopyright (C) Microsoft Corporation. All rights reserved.\r\n\r\n")
        return 0
    succeeded = True
    try:
        for statement in statements(script):
            succeeded = _Pipeline(call, statement).run()
    except BadScript as err:
        if str(err):
            _error(call, str(err))
        return 1
    return 0 if succeeded else 1


def _script(call: Call) -> str | None:
    words = split_argv(call.tail)
    while words:
        word = words.pop(0)
        name = word.lower().replace("/", "-", 1)
        if name in ("-command", "-c"):
            return " ".join(words)
        if name in _VALUED:
            words[:1] = []
        elif name not in _FLAGS:
            return " ".join([word, *words])
    return None


def _error(call: Call, text: str) -> None:
    call.err(text.replace("\n", "\r\n") + "\r\n")


class _Pipeline:
    """One statement."""

    def __init__(self, call: Call, statement: str) -> None:
        self._call = call
        self._text = statement
        self._stages = stages(statement)

    def run(self) -> bool:
        """Run the statement and tell whether it succeeded; raises BadScript."""
        first, *rest = self._stages
        if first.command != "get-ciminstance":
            raise BadScript(first.unknown())
        found, ok = self._instances(first)
        chosen: list[Column] | None = None
        for position, stage in enumerate(rest):
            last = position == len(rest) - 1
            if stage.command in ("select-object", "select") and not last:
                chosen = columns(stage)
            elif stage.command == "export-csv" and last:
                return self._export(stage, chosen, found) and ok
            elif stage.command == "convertto-csv" and last:
                lines = self._lines(stage, chosen, found)
                self._call.out("".join(f"{line}\r\n" for line in lines))
                return ok
            else:
                raise BadScript(stage.unknown())
        raise BadScript("The simulated PowerShell shows CIM instances only as CSV.")

    def _instances(self, stage: Stage) -> tuple[list[Instance], bool]:
        parameters, plain = stage.parse(
            {"-namespace", "-classname", "-class", "-filter", "-erroraction", "-ea"}, set()
        )
        class_name = (
            parameters.get("-classname") or parameters.get("-class") or (plain.pop(0) if plain else "")
        )
        if plain or not class_name:
            raise BadScript(stage.unknown_parameter(plain[0] if plain else ""))
        self._call.work(QUERY_S)
        try:
            _, found = cim.instances(self._call, parameters.get("-namespace", "root/cimv2"), class_name)
            if "-filter" in parameters:
                test = parse_filter(parameters["-filter"])
                found = [one for one in found if test(one)]
        except BadFilter:
            self._cim_error(Failure("Invalid query", "InvalidArgument", "0x80041017"), class_name)
            return [], False
        except Failure as err:
            self._cim_error(err, class_name)
            if "stop" in (parameters.get("-erroraction", "").lower(), parameters.get("-ea", "").lower()):
                raise BadScript("") from None
            return [], False
        return found, True

    def _cim_error(self, err: Failure, class_name: str) -> None:
        line = self._text[:110]
        _error(
            self._call,
            _CIM_ERROR.format(
                message=err.message,
                line=line,
                tildes="~" * len(line),
                category=err.category,
                target=class_name,
                status=err.status,
            ),
        )

    def _lines(self, stage: Stage, chosen: list[Column] | None, found: list[Instance]) -> list[str]:
        if chosen is None:
            raise BadScript("The simulated PowerShell makes CSV only after Select-Object.")
        if not found:
            return []
        culture = windows_of(self._call.machine).culture
        untyped = stage.has("-notypeinformation") or stage.has("-nti")
        head = [] if untyped else ["#TYPE Selected.Microsoft.Management.Infrastructure.CimInstance"]
        names = csv_line([column.name for column in chosen])
        return [*head, names, *(csv_line([column.of(one, culture) for column in chosen]) for one in found)]

    def _export(self, stage: Stage, chosen: list[Column] | None, found: list[Instance]) -> bool:
        parameters, plain = stage.parse(
            {"-path", "-literalpath", "-encoding"}, {"-notypeinformation", "-nti", "-force"}
        )
        target = parameters.get("-path") or parameters.get("-literalpath") or (plain[0] if plain else "")
        encoding = _ENCODINGS.get(parameters.get("-encoding", "ASCII").lower())
        if not target or encoding is None:
            raise BadScript(stage.unknown_parameter("-Encoding"))
        text = "".join(f"{line}\r\n" for line in self._lines(stage, chosen, found))
        path = paths.absolute(target, self._call.cwd)
        try:
            self._call.machine.files.write(path, text.encode(encoding, "replace"), self._call.user)
        except FileError as err:
            if err.code == 5:
                _error(self._call, f"Export-Csv : Access to the path '{path}' is denied.")
            else:
                _error(self._call, f"Export-Csv : Could not find a part of the path '{path}'.")
            return False
        return True
