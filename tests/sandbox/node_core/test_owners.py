"""DIR /Q shows owners in a column of 23 characters, as recorded listings do."""

from __future__ import annotations

from sandbox.node.machine import Machine


def test_the_owner_stands_before_the_name_and_is_cut_off(machine: Machine) -> None:
    machine.add_account("a-rather-long-account-name", "pw")
    machine.run("md C:\\plain", user="Administrator")
    machine.run("md C:\\long", user="a-rather-long-account-name")

    _, out, _ = machine.run("dir /q /ad C:\\", user="Administrator")

    lines = [line.partition("<DIR>")[2] for line in out.decode("cp437").splitlines() if "<DIR>" in line]
    assert "          BUILTIN\\Administrators plain" in lines
    assert "          HV-01\\a-rather-long-acclong" in lines
    assert "          NT SERVICE\\TrustedInstaWindows" in lines
