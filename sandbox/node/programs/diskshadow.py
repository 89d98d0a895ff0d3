"""DiskShadow: Microsoft's requester with its script language.

Syntax from Microsoft's "diskshadow" pages; output from recorded runs. A wrong line prints the command's usage
and ends a script (three recorded runs); what follows a failed operation is a switch.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from sandbox.node import paths, rights
from sandbox.node.argv import split_argv
from sandbox.node.errors import FileError
from sandbox.node.process import decode
from sandbox.node.programs import diskshadow_lists as lists
from sandbox.node.programs.diskshadow_create import Creation
from sandbox.node.programs.diskshadow_io import BadSyntax, Output, Quit, rest_of, split_lines, words_of
from sandbox.node.programs.diskshadow_settings import Settings
from sandbox.node.programs.diskshadow_text import ENGLISH, GERMAN, USAGE
from sandbox.node.vss import codes
from sandbox.node.vss.codes import VssError
from sandbox.node.vss.session import Session
from sandbox.node.vss.sets import Requester
from sandbox.node.windows import may_administrate, windows_of

if TYPE_CHECKING:
    from sandbox.node.process import Call

FAILED_EXIT_CODE = 1
Handler = Callable[[list[str], str], None]
BACKUP_OPERATORS = "S-1-5-32-551"
_NEED_RIGHTS = {"add", "begin", "create", "delete", "end", "list"}


def run(call: Call) -> int:
    """Run diskshadow.exe."""
    return DiskShadow(call).run()


class DiskShadow:
    """One run of the program."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.win = windows_of(call.machine)
        unknowns = self.win.unknowns
        self.say = GERMAN if self.win.culture.german and unknowns.localised_diskshadow else ENGLISH
        self.session = self._new_session()
        self.verbose = False
        self.exit_code = 0
        self.interactive = True
        self.output = Output(call)
        self.settings = Settings()

    def _new_session(self) -> Session:
        call = self.call
        return Session(self.win.vss, Requester(call.process.pid, call.process.command_line, call.work))

    def run(self) -> int:
        """Read the arguments, then the script or the console, line by line."""
        script = self._arguments()
        try:
            self.call.work(self.win.vss.timing.start_s)
            self._header()
            with suppress(Quit):
                self._follow(self._console_lines() if script is None else self._script_lines(script))
                self.output.write("\r\nDISKSHADOW> " if self.interactive else "-> ")
            self.session.close()
        finally:
            self.session.abandon()
        self.output.deliver()
        return self.exit_code

    def _arguments(self) -> str | None:
        script: str | None = None
        argv = split_argv(self.call.tail)
        while argv:
            switch = argv.pop(0).lower()
            if switch in ("/s", "-s") and argv:
                script = argv.pop(0)
            elif switch in ("/l", "-l") and argv:
                self.output.log_path = paths.absolute(argv.pop(0), self.call.cwd)
        self.interactive = script is None
        return script

    def _header(self) -> None:
        self.line("Microsoft DiskShadow version 1.0")
        self.line("Copyright (C) 2013 Microsoft Corporation")
        self.line(self.say.computer.format(name=self.win.name, at=self.win.culture.date_time(self.win.now())))
        self.line("")

    def _script_lines(self, script: str) -> list[str]:
        path = paths.absolute(script, self.call.cwd)
        try:
            content = self.call.machine.files.read(path, self.call.user)
        except FileError:
            self.line(self.say.no_script.format(file=script))
            self.exit_code = FAILED_EXIT_CODE
            raise Quit from None
        return split_lines(decode(content, self.call.process.codepage))

    def _console_lines(self) -> list[str]:
        return decode(self.call.read_input(), self.call.process.codepage).splitlines()

    def _follow(self, lines: list[str]) -> None:
        for line in lines:
            if self.interactive:
                self.output.write("\r\nDISKSHADOW> ")
            else:
                self.line(f"-> {line}")
            try:
                self.execute(line)
            except BadSyntax as err:
                self.line("")
                self.line(str(err))
                if not self.interactive:
                    self.exit_code = FAILED_EXIT_CODE
                    raise Quit from None
            except VssError as err:
                self._failed(err)

    def _failed(self, err: VssError) -> None:
        self.line("")
        self.line(self.say.failed)
        self.line(self.say.hresult.format(number=err.hresult))
        self.line(self.say.error_text.format(symbol=codes.symbol(err.hresult)))
        if not self.win.unknowns.exit_zero_after_failed_create:
            self.exit_code = FAILED_EXIT_CODE
        if not self.interactive and not self.win.unknowns.continue_after_failed_line:
            raise Quit

    def execute(self, line: str) -> None:
        """Execute one line; raises BadSyntax, VssError or Quit."""
        text = self._substitute(line.split("#", 1)[0].strip())
        if not text:
            return
        words = words_of(text)
        handler = self._commands().get(words[0].lower())
        if handler is None:
            raise BadSyntax(USAGE[""])
        if words[0].lower() in _NEED_RIGHTS and not self.may_back_up:
            raise VssError(codes.ACCESS_DENIED)
        handler(words[1:], text)

    @property
    def may_back_up(self) -> bool:
        """Tell whether VSS takes the user as a requester: administrators, backup operators, the system."""
        sids = self.call.machine.accounts.sids_of(self.call.user)
        return may_administrate(self.call) or BACKUP_OPERATORS in sids

    def _commands(self) -> dict[str, Handler]:
        return {
            "set": self._set,
            "reset": self._reset,
            "begin": self._begin,
            "end": self._end,
            "add": self._add,
            "writer": self._writer,
            "create": self._create,
            "exec": self._exec,
            "list": self._list,
            "delete": self._delete,
            "expose": self._expose,
            "exit": self._exit,
        }

    def _substitute(self, text: str) -> str:
        for name in re.findall(r"%([^%\s]+)%", text):
            value = self.call.env.get(name)
            if value is not None:
                text = text.replace(f"%{name}%", value)
                self.line(f"-> %{name}% = {value}")
        return text

    def _set(self, words: list[str], text: str) -> None:
        topic = words[0].lower() if words else ""
        values = [word.lower() for word in words[1:]]
        usage = BadSyntax(USAGE.get(f"set {topic}", USAGE["set"]))
        if topic == "context":
            self.settings.set_context(values)
        elif topic == "option":
            self.settings.set_option(values)
        elif topic == "verbose" and values in (["on"], ["off"]):
            self.verbose = values == ["on"]
        elif topic == "metadata":
            self._set_metadata(rest_of(text, 2))
        else:
            raise usage

    def _set_metadata(self, given: str) -> None:
        if not given or given.endswith("\\"):
            self.line(self.say.no_file)
            return
        path = paths.absolute(given, self.call.cwd)
        files = self.call.machine.files
        if files.exists(path):
            self.line(self.say.overwrite)
        elif not files.is_dir(paths.parent(path)) or not files.allows(
            paths.parent(path), self.call.user, rights.ADD_FILE
        ):
            self.line(self.say.read_only)
            return
        self.settings.metadata = path

    def _reset(self, words: list[str], text: str) -> None:
        del words, text
        self.session.close()
        self.session = self._new_session()
        self.settings = Settings()

    def _begin(self, words: list[str], text: str) -> None:
        del text
        if [word.lower() for word in words] != ["backup"]:
            raise BadSyntax(USAGE["begin"])
        self.settings.full = True
        if not self.win.unknowns.gather_at_create:
            self.session.gather(remote=self.win.vss.sees_csvs)

    def _end(self, words: list[str], text: str) -> None:
        del text
        if [word.lower() for word in words] != ["backup"]:
            raise BadSyntax(USAGE["end"])
        self.session.complete()

    def _add(self, words: list[str], text: str) -> None:
        del text
        if len(words) < 2 or words[0].lower() not in ("volume", "alias"):
            raise BadSyntax(USAGE["add"])
        if words[0].lower() == "alias":
            self.call.env[words[1]] = " ".join(words[2:])
            return
        self.call.work(self.win.vss.timing.add_volume_s)
        self.settings.add_volume(self.win.vss, words[1:])

    def _writer(self, words: list[str], text: str) -> None:
        if len(words) < 2 or words[0].lower() not in ("verify", "exclude"):
            raise BadSyntax(USAGE["writer"])
        kept = self.settings.verified if words[0].lower() == "verify" else self.settings.excluded
        kept.add(rest_of(text, 2).lower())

    def _create(self, words: list[str], text: str) -> None:
        del words, text
        Creation(self, self.settings.options()).run()

    def _exec(self, words: list[str], text: str) -> None:
        if not words:
            raise BadSyntax(USAGE["exec"])
        code = self.call.spawn(rest_of(text, 1, keep_quotes=True))
        if code and not self.win.unknowns.ignore_failing_exec:
            # "If the script fails, an error is returned and DiskShadow quits" (Microsoft, "exec").
            self.line(self.say.exec_failed.format(file=words[0], code=code))
            self.exit_code = FAILED_EXIT_CODE
            raise Quit

    def _list(self, words: list[str], text: str) -> None:
        del text
        lists.show(self, [word.lower() for word in words])

    def _delete(self, words: list[str], text: str) -> None:
        del text
        lists.delete(self, [word.lower() for word in words])

    def _expose(self, words: list[str], text: str) -> None:
        del text
        if len(words) != 2:
            raise BadSyntax(USAGE["expose"])
        lists.surfaced(self, words[0])
        self.line(self.say.exposed.format(drive=words[1].rstrip("\\")))

    def _exit(self, words: list[str], text: str) -> None:
        del words, text
        raise Quit

    def line(self, text: str) -> None:
        """Print a line (its own line feeds become CRLF)."""
        self.output.write(text.replace("\n", "\r\n") + "\r\n")
