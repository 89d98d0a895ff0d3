"""install.cmd and uninstall.cmd on a simulated node, and who may do what afterwards."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest

from integrations.hyperv import kit
from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.node.machine import Machine
from sandbox.node.tasks import READ
from tests.kit.cases import RUN

ADMIN, OTHER_ADMIN, BOT, STRANGER = "Administrator", "second-admin", "robot", "alice"
VOLUMES = {"volume1": "C:\\ClusterStorage\\Volume1", "volume2": "C:\\ClusterStorage\\Volume2"}


@pytest.fixture(params=["en-US", "de-DE"])
def machine(request: pytest.FixtureRequest) -> Machine:
    return _machine(request.param)


def _machine(locale: str = "en-US") -> Machine:
    machine = Machine("HV-01", Clock(1000.0), Faults(), domain="CORP", locale=locale, start_cost_s=0.0)
    machine.add_account(ADMIN, "Adm1n!", ("Administrators",))
    machine.add_account(OTHER_ADMIN, "Adm2n!", ("Administrators",))
    machine.add_account(BOT, "r0b0t", ("Users", "Remote Management Users"))
    machine.add_account(STRANGER, "wonder", ("Users",))
    return machine


def _unpack(machine: Machine, volumes: Mapping[str, str] = VOLUMES) -> None:
    if machine.files.exists("C:\\Install"):
        machine.run("rd /s /q C:\\Install")
    with zipfile.ZipFile(io.BytesIO(kit.build_zip(volumes))) as archive:
        for name in archive.namelist():
            path = "C:\\Install\\" + name.replace("/", "\\")
            machine.files.makedirs(path.rpartition("\\")[0])
            machine.files.write(path, archive.read(name))


def _run(machine: Machine, command: str, user: str) -> tuple[int, str]:
    code, stdout, stderr = machine.run(command, user=user, cwd="C:\\")
    return code, (stdout + stderr).decode("cp437")


def _install(
    machine: Machine, user: str = ADMIN, account: str = "CORP\\robot", volumes: Mapping[str, str] = VOLUMES
) -> tuple[int, str]:
    _unpack(machine, volumes)
    return _run(machine, f"C:\\Install\\install.cmd {account}", user)


def _installed(machine: Machine) -> dict[str, bytes]:
    top = "C:\\vssbot\\kit\\"
    return {
        path[len(top) :].replace("\\", "/"): machine.files.read(path)
        for path, stat in machine.files.walk(top[:-1])
        if not stat.is_dir
    }


def test_a_fresh_installation_holds_just_the_kit(machine: Machine) -> None:
    code, printed = _install(machine)

    assert code == 0, printed
    assert "volume1.dsh" in printed
    assert _installed(machine) == kit.scripts() | {
        f"volumes/{name}": data for name, data in kit.volume_files(VOLUMES).items()
    }
    assert machine.tasks.exists(kit.TASK)


def test_only_an_administrator_installs(machine: Machine) -> None:
    code, printed = _install(machine, user=STRANGER)

    assert code == 5
    assert "administrator" in printed
    assert not machine.files.exists(kit.ROOT)
    assert not machine.tasks.exists(kit.TASK)


def test_without_an_account_it_says_how_it_is_used() -> None:
    machine = _machine()
    _unpack(machine)

    assert _run(machine, "C:\\Install\\install.cmd", ADMIN)[0] == 2
    assert not machine.files.exists(kit.ROOT)


def test_an_unknown_account_installs_no_task() -> None:
    machine = _machine()

    code, printed = _install(machine, account="CORP\\nobody")

    assert code == 1, printed
    assert not machine.tasks.exists(kit.TASK)


def test_a_folder_of_somebody_else_is_refused_and_the_owner_named(machine: Machine) -> None:
    machine.files.mkdir(kit.ROOT, STRANGER)

    code, printed = _install(machine)

    assert code == 3, printed
    assert "CORP\\alice" in printed
    assert not machine.tasks.exists(kit.TASK)
    assert machine.files.listdir(kit.ROOT) == []


def test_a_folder_that_an_administrator_made_by_hand_is_refused(machine: Machine) -> None:
    machine.files.mkdir(kit.ROOT, ADMIN)
    machine.files.mkdir(f"{kit.ROOT}\\runs", STRANGER)

    code, printed = _install(machine)

    assert code == 3, printed
    assert "rights of C:\\" in printed
    assert not machine.tasks.exists(kit.TASK)


def test_a_link_to_another_place_is_refused(machine: Machine) -> None:
    machine.files.mkdir("C:\\elsewhere", STRANGER)
    machine.files.junction(kit.ROOT, "C:\\elsewhere", STRANGER)

    code, printed = _install(machine)

    assert code == 3, printed
    assert "link" in printed
    assert machine.files.listdir("C:\\elsewhere") == []


@pytest.mark.parametrize("admin", [ADMIN, OTHER_ADMIN])
def test_an_upgrade_replaces_our_own_installation(machine: Machine, admin: str) -> None:
    assert _install(machine)[0] == 0
    machine.files.write("C:\\vssbot\\kit\\old.cmd", b"@echo off\r\n")
    machine.files.makedirs(f"C:\\vssbot\\runs\\{RUN}")
    machine.files.write(f"C:\\vssbot\\runs\\{RUN}\\done", b"")

    code, printed = _install(machine, user=admin, volumes={"volume2": VOLUMES["volume2"]})

    assert code == 0, printed
    assert sorted(_installed(machine)) == sorted([*kit.scripts(), "volumes/volume2.dsh"])
    assert machine.files.exists(f"C:\\vssbot\\runs\\{RUN}\\done")
    assert not machine.files.exists("C:\\Program Files\\vssbot-sample")


def test_an_upgrade_waits_for_a_run_under_way(machine: Machine) -> None:
    assert _install(machine)[0] == 0
    machine.files.makedirs(f"C:\\vssbot\\runs\\{RUN}")

    code, printed = _install(machine)

    assert code == 4
    assert RUN in printed


def test_an_upgrade_for_another_account_takes_the_rights_from_the_old_one() -> None:
    machine = _machine()
    machine.add_account("robot2", "r0b0t2", ("Users", "Remote Management Users"))
    assert _install(machine)[0] == 0

    code, printed = _install(machine, account="CORP\\robot2")

    assert code == 0, printed
    assert _run(machine, "md C:\\vssbot\\requests\\new", "robot2")[0] == 0
    assert _run(machine, "md C:\\vssbot\\requests\\old", BOT)[0] != 0
    assert _run(machine, "type C:\\vssbot\\kit\\version.txt", BOT)[0] != 0


ASK = (
    f"md C:\\vssbot\\requests\\{RUN}.new\\want & "
    f"type nul >C:\\vssbot\\requests\\{RUN}.new\\want\\writers & "
    f"type nul >C:\\vssbot\\requests\\{RUN}.new\\armed & "
    f"ren C:\\vssbot\\requests\\{RUN}.new {RUN}"
)
READS = ("dir C:\\vssbot\\runs", "type C:\\vssbot\\kit\\run.cmd", f"schtasks /query /tn {kit.TASK}")
FORBIDDEN = (
    "md C:\\vssbot\\new",
    "echo x>C:\\vssbot\\new.txt",
    "echo x>C:\\vssbot\\kit\\run.cmd",
    "echo x>C:\\vssbot\\kit\\new.cmd",
    "echo x>C:\\vssbot\\kit\\volumes\\new.dsh",
    "del C:\\vssbot\\kit\\run.cmd",
    "ren C:\\vssbot\\kit kit2",
    "md C:\\vssbot\\runs\\new",
    "echo x>C:\\vssbot\\runs\\new.txt",
    "rd C:\\vssbot\\runs",
    "ren C:\\vssbot\\requests requests2",
    "rd /s /q C:\\vssbot\\requests",
    "mklink /j C:\\vssbot\\runs\\link C:\\Windows",
    "echo x>C:\\vssbot\\requests\\new.txt",
    "icacls C:\\vssbot\\kit /grant robot:F",
    "icacls C:\\vssbot\\requests /grant alice:F",
    "icacls C:\\vssbot /setowner robot",
    f"schtasks /delete /tn {kit.TASK} /f",
    f"schtasks /change /tn {kit.TASK} /disable",
    f"schtasks /create /tn {kit.TASK} /xml C:\\Install\\task.xml /f",
)


def test_the_bots_account_may_ask_start_and_read(machine: Machine) -> None:
    assert _install(machine)[0] == 0

    for command in (*READS, ASK, f"schtasks /run /tn {kit.TASK}"):
        code, printed = _run(machine, command, BOT)
        assert code == 0, (command, printed)

    for process in machine.processes:
        assert process.wait(10.0)
    code, printed = _run(machine, f"dir /b C:\\vssbot\\runs\\{RUN}", BOT)
    assert code == 0
    assert {"done", "version.txt", "writers.txt"} <= set(printed.split())
    assert _run(machine, f"ren C:\\vssbot\\requests\\{RUN}\\armed cancelled", BOT)[0] == 0


@pytest.mark.parametrize("command", FORBIDDEN)
@pytest.mark.parametrize("user", [BOT, STRANGER])
def test_nobody_but_an_administrator_changes_the_kit(user: str, command: str) -> None:
    machine = _machine()
    assert _install(machine)[0] == 0
    before = _state(machine)

    _run(machine, command, user)

    assert _state(machine) == before


def _state(machine: Machine) -> tuple[object, ...]:
    files = machine.files
    everything = {
        path: (files.security(path), None if stat.is_dir else files.read(path))
        for path, stat in files.walk(kit.ROOT)
    }
    task = machine.tasks.find(kit.TASK, ADMIN, READ)
    return files.security(kit.ROOT), everything, task.xml, task.security, task.enabled, task.last_run


def test_another_account_can_do_nothing_at_all(machine: Machine) -> None:
    assert _install(machine)[0] == 0

    for command in (*READS, "dir C:\\vssbot", "md C:\\vssbot\\requests\\x", f"schtasks /run /tn {kit.TASK}"):
        code, printed = _run(machine, command, STRANGER)
        assert code != 0, (command, printed)


def test_uninstalling_leaves_the_results(machine: Machine) -> None:
    assert _install(machine)[0] == 0
    machine.files.makedirs(f"C:\\vssbot\\runs\\{RUN}")
    machine.files.write(f"C:\\vssbot\\runs\\{RUN}\\done", b"")

    code, printed = _run(machine, "C:\\Install\\uninstall.cmd", ADMIN)

    assert code == 0, printed
    assert machine.files.listdir(kit.ROOT) == ["runs"]
    assert not machine.tasks.exists(kit.TASK)


def test_only_an_administrator_uninstalls(machine: Machine) -> None:
    assert _install(machine)[0] == 0

    assert _run(machine, "C:\\Install\\uninstall.cmd", BOT)[0] == 5
    assert machine.tasks.exists(kit.TASK)


def test_it_can_be_installed_again_after_it_was_removed(machine: Machine) -> None:
    assert _install(machine)[0] == 0
    assert _run(machine, "C:\\Install\\uninstall.cmd", ADMIN)[0] == 0

    code, printed = _install(machine)

    assert code == 0, printed


def test_a_link_in_the_place_of_a_request_leads_nowhere() -> None:
    """The account may make junctions in its folder; SYSTEM looks for names behind them and writes nothing there."""
    machine = _machine()
    assert _install(machine)[0] == 0
    for command in (
        "md C:\\Users\\robot\\trap\\want & type nul >C:\\Users\\robot\\trap\\want\\writers",
        "echo keep>C:\\Users\\robot\\trap\\armed",
        "mklink /j C:\\vssbot\\requests\\trap C:\\Users\\robot\\trap",
        "md C:\\vssbot\\requests\\other & type nul >C:\\vssbot\\requests\\other\\armed",
        "mklink /j C:\\vssbot\\requests\\other\\want C:\\Users\\robot\\trap\\want",
    ):
        assert _run(machine, command, BOT)[0] == 0, command
    before = {path: stat.modified for path, stat in machine.files.walk("C:\\Users\\robot")}

    assert _run(machine, f"schtasks /run /tn {kit.TASK}", BOT)[0] == 0

    for process in machine.processes:
        assert process.wait(10.0)
    assert {path: stat.modified for path, stat in machine.files.walk("C:\\Users\\robot")} == before
    assert machine.files.exists("C:\\vssbot\\runs\\other\\done")
