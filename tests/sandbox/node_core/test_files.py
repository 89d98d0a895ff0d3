"""Names, rights, junctions and locks of the file system."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from sandbox.node.errors import FileError
from sandbox.node.machine import Machine

SHARING = b"The process cannot access the file because it is being used by another process.\r\n"
DENIED = b"Access is denied.\r\n"


@pytest.mark.parametrize("name", ["a?b", "a*b", 'a"b', "a<b", "a|b", "a:b", "a\x01b"])
def test_names_ntfs_refuses_are_refused(machine: Machine, name: str) -> None:
    with pytest.raises(FileError) as caught:
        machine.files.write(f"C:\\{name}", b"")

    assert caught.value.code == 123


@pytest.mark.parametrize("name", ["%PATH%", "^x", ";x", "x y", "!x!", "a&b", "(", "\u00e4", "a" * 200])
def test_names_ntfs_allows_are_allowed(machine: Machine, name: str) -> None:
    machine.files.write(f"C:\\{name}", b"x")

    assert name in machine.files.listdir("C:\\")


def test_trailing_dots_and_blanks_are_dropped(machine: Machine) -> None:
    machine.run('echo a>"C:\\f. . "')

    assert machine.files.read("C:\\F") == b"a\r\n"


def _race(actions: list[Callable[[], None]]) -> list[int]:
    barrier = threading.Barrier(len(actions))
    codes: list[int] = []

    def run(action: Callable[[], None]) -> None:
        barrier.wait()
        try:
            action()
            codes.append(0)
        except FileError as err:
            codes.append(err.code)

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(codes)


def test_of_racing_renames_exactly_one_wins(machine: Machine) -> None:
    for round_ in range(30):
        machine.files.write(f"C:\\r{round_}", b"")

        def to(name: str, source: str = f"C:\\r{round_}") -> Callable[[], None]:
            return lambda: machine.files.rename(source, f"{source}-{name}")

        assert _race([to("a"), to("b"), to("c")]) == [0, 2, 2]


def test_of_racing_mkdirs_exactly_one_wins(machine: Machine) -> None:
    for round_ in range(30):
        action = lambda path=f"C:\\m{round_}": machine.files.mkdir(path)  # noqa: E731
        assert _race([action] * 3) == [0, 183, 183]


def test_of_racing_shells_exactly_one_renames(machine: Machine) -> None:
    machine.files.mkdir("C:\\t")
    machine.files.write("C:\\t\\armed", b"")
    commands = ["ren armed left && echo won", "ren armed right && echo won"]
    remotes = [machine.start(c, user="Administrator", cwd="C:\\t", env={}, codepage=437) for c in commands]

    outputs = [b"".join(c for s, c in remote.read_output(5.0) if s == "stdout") for remote in remotes]

    assert sorted(outputs) == [b"", b"won\r\n"]
    assert len(machine.files.listdir("C:\\t")) == 1


def test_a_second_writer_is_refused_and_a_reader_is_not(machine: Machine) -> None:
    machine.files.mkdir("C:\\t")
    first = machine.files.open_write("C:\\t\\log")
    first.write(b"so far")

    assert machine.run("echo a>C:\\t\\log") == (1, b"", SHARING)
    assert machine.run("echo a>>C:\\t\\log || echo failed") == (0, b"failed\r\n", SHARING)
    assert machine.run("type C:\\t\\log")[1] == b"so far"
    assert machine.run("ren C:\\t\\log other")[2] == SHARING
    assert machine.run("del C:\\t\\log") == (1, b"", b"C:\\t\\log\r\n" + SHARING)
    assert machine.run("ren C:\\t u")[2] == DENIED
    first.close()
    assert machine.run("echo a>C:\\t\\log") == (0, b"", b"")


def test_a_folder_somebody_stands_in_cannot_go(machine: Machine) -> None:
    machine.files.mkdir("C:\\t")

    assert machine.run("rd C:\\t", cwd="C:\\t")[2] == SHARING
    assert machine.run("cd C:\\ & rd C:\\t", cwd="C:\\t") == (0, b"", b"")


def test_users_may_create_in_programdata_and_own_what_they_create(machine: Machine) -> None:
    assert machine.run("md C:\\ProgramData\\x", user="alice")[0] == 0
    assert machine.run("echo a>C:\\ProgramData\\x\\f", user="alice")[0] == 0

    assert machine.files.stat("C:\\ProgramData\\x").owner == machine.accounts.sid_of("alice")
    assert machine.run("echo b>C:\\ProgramData\\x\\f", user="robot")[2] == DENIED


@pytest.mark.parametrize(
    "line",
    [
        "echo a>C:\\Windows\\System32\\f",
        'md "C:\\Program Files\\x"',
        "del C:\\Windows\\System32\\hostname.exe",
        "ren C:\\Windows\\System32\\hostname.exe x.exe",
        "copy nul C:\\Windows\\f",
        "dir C:\\Users\\robot",
        "type C:\\Users\\robot\\f",
        "cd C:\\Users\\robot",
    ],
)
def test_ordinary_users_are_refused(machine: Machine, line: str) -> None:
    machine.files.write("C:\\Users\\robot\\f", b"")

    code, _, stderr = machine.run(line, user="alice")

    assert code != 0
    assert stderr.endswith(DENIED) or b"File Not Found" in stderr


def test_icacls_gives_one_account_what_others_do_not_have(machine: Machine) -> None:
    machine.files.mkdir("C:\\box")
    line = "icacls C:\\box /inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F robot:(OI)(CI)M /Q"
    assert machine.run(line, user="Administrator")[0] == 0

    assert machine.run("echo a>C:\\box\\f", user="robot") == (0, b"", b"")
    assert machine.run("type C:\\box\\f", user="alice")[2] == DENIED
    assert machine.run("dir /b C:\\box", user="alice")[0] == 1
    assert machine.run("icacls C:\\box /grant alice:F", user="robot")[0] == 5
    shown = machine.run("icacls C:\\box", user="Administrator")[1].decode().split("\r\n")
    assert shown[:3] == [
        "C:\\box HV-01\\robot:(OI)(CI)(M)",
        "       BUILTIN\\Administrators:(OI)(CI)(F)",
        "       NT AUTHORITY\\SYSTEM:(OI)(CI)(F)",
    ]


def test_create_without_read_lets_a_user_put_but_not_look(machine: Machine) -> None:
    machine.files.mkdir("C:\\in")
    machine.run("icacls C:\\in /inheritance:r /grant:r SYSTEM:(OI)(CI)F robot:(AD,WD,X,RA,S)")

    assert machine.run("md C:\\in\\new", user="robot")[0] == 0
    assert machine.run("dir C:\\in", user="robot")[0] == 1


def test_deny_wins_and_reset_takes_it_back(machine: Machine) -> None:
    machine.files.write("C:\\ProgramData\\f", b"x")
    machine.run("icacls C:\\ProgramData\\f /deny alice:R")
    assert machine.run("type C:\\ProgramData\\f", user="alice")[2] == DENIED

    machine.run("icacls C:\\ProgramData\\f /reset")
    assert machine.run("type C:\\ProgramData\\f", user="alice")[1] == b"x"


def test_rights_reach_what_is_below(machine: Machine) -> None:
    machine.files.makedirs("C:\\box\\deep")
    machine.files.write("C:\\box\\deep\\f", b"x")
    machine.run("icacls C:\\box /inheritance:r /grant:r *S-1-5-18:(OI)(CI)F")

    assert machine.run("type C:\\box\\deep\\f", user="Administrator")[2] == DENIED
    assert machine.run("type C:\\box\\deep\\f")[1] == b"x"


def test_setowner_works_for_administrators_only(machine: Machine) -> None:
    machine.files.mkdir("C:\\ProgramData\\x", "alice")

    assert machine.run("icacls C:\\ProgramData\\x /setowner *S-1-5-32-544", user="robot")[0] == 5
    assert machine.run("icacls C:\\ProgramData\\x /setowner *S-1-5-32-544", user="Administrator")[0] == 0
    assert machine.files.stat("C:\\ProgramData\\x").owner == "S-1-5-32-544"


def test_icacls_names_what_it_does_not_know(machine: Machine) -> None:
    assert machine.run("icacls C:\\none")[0] == 2
    assert machine.run("icacls C:\\Users /grant nobody:F")[0] == 1332
    assert machine.run("icacls C:\\Users /grant alice:Q")[0] == 87


def test_a_junction_is_seen_and_removed_alone(machine: Machine) -> None:
    machine.files.makedirs("C:\\real")
    machine.files.write("C:\\real\\f", b"x")
    assert (
        machine.run("mklink /J C:\\way C:\\real")[1] == b"Junction created for C:\\way <<===>> C:\\real\r\n"
    )

    assert machine.run("type C:\\way\\f")[1] == b"x"
    assert b"<JUNCTION>     way [C:\\real]\r\n" in machine.run("dir C:\\")[1]
    assert machine.run("dir /b /al C:\\")[1] == b"way\r\n"
    assert machine.run("for %i in (C:\\way C:\\real) do @echo %~ai")[1] == b"d-------l--\r\nd----------\r\n"
    assert machine.run("rd /s /q C:\\way")[0] == 0
    assert machine.files.read("C:\\real\\f") == b"x"


def test_fsutil_and_dir_tell_junctions_and_owners(machine: Machine) -> None:
    machine.run("mklink /J C:\\way C:\\Users & md C:\\ProgramData\\mine", user="Administrator")
    machine.files.mkdir("C:\\ProgramData\\hers", "alice")

    assert machine.run("fsutil reparsepoint query C:\\way")[0] == 0
    assert machine.run("fsutil reparsepoint query C:\\Users")[0] == 1
    owners = machine.run("dir /q /ad C:\\ProgramData")[1].decode()
    assert "<DIR>          HV-01\\alice            hers\r\n" in owners
    assert "<DIR>          BUILTIN\\Administrators mine\r\n" in owners


def test_a_loop_of_junctions_ends(machine: Machine) -> None:
    machine.run("mklink /J C:\\a C:\\b & mklink /J C:\\b C:\\a")

    assert machine.run("cd C:\\a")[0] == 1
    assert machine.run("type C:\\a\\f")[2] == b"The system cannot find the path specified.\r\n"


def test_times_come_from_the_machines_clock(machine: Machine) -> None:
    machine.clock.set_skew("HV-01", 86400.0 * 400)
    machine.files.write("C:\\f", b"")

    assert abs((machine.files.stat("C:\\f").modified - machine.now()).total_seconds()) < 5
