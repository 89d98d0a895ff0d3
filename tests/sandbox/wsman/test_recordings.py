"""Recorded requests are sent to the service, and its answers have the shape of the recorded ones.

Deviations that are accepted, and no others:
- p:ActivityId is in every answer of ours; recordings of servers before 2016 and the quota fault lack it.
- Output comes in the pieces in which the fake command writes it, which are the recorded ones here.
"""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sandbox.wsman import Policy, WsmanServer, names
from tests.sandbox.wsman.conftest import Start
from tests.sandbox.wsman.fake_computer import FakeComputer

RECORDINGS = Path(__file__).parent / "recordings"
TRANSCRIPTS = sorted(path.name for path in RECORDINGS.glob("test_*"))
ACTIVITY = f"{{{names.WSMV}}}ActivityId"
ID = re.compile(r"<rsp:(?:ShellId|CommandId)>([0-9A-F-]{36})<")
RSP = {"rsp": names.SHELL}

Shape = list[tuple[str, tuple[str, ...]]]


def shape(xml: str | bytes, with_activity: bool) -> Shape:
    """Return every element's path with the names of its attributes, in document order."""
    found: Shape = []

    def walk(element: ET.Element, path: str) -> None:
        if element.tag == ACTIVITY and not with_activity:
            return
        here = f"{path}/{element.tag}"
        found.append((here, tuple(sorted(element.attrib))))
        for child in element:
            walk(child, here)

    walk(ET.fromstring(xml), "")
    return found


def assert_same_shape(ours: bytes, recorded: str) -> None:
    with_activity = ACTIVITY.rpartition("}")[2] in recorded
    assert shape(ours, with_activity) == shape(recorded, with_activity)
    assert action(ours) == action(recorded)


def action(xml: str | bytes) -> str:
    return ET.fromstring(xml).findtext(f".//{{{names.ADDRESSING}}}Action", "")


@dataclass
class Replay:
    """Sends recorded requests, with the recorded ids replaced by the ones this service gave."""

    server: WsmanServer
    ids: dict[str, str] = field(default_factory=dict)

    def send(self, request: str) -> tuple[int, bytes]:
        for recorded, ours in self.ids.items():
            request = request.replace(recorded, ours)
        # A recorded client waits 10 s or more in silence; a fifth of a second tells the same.
        request = re.sub(r"PT\d+S</wsman:OperationTimeout>", "PT0.2S</wsman:OperationTimeout>", request)
        connection = HTTPConnection(urlsplit(self.server.url).netloc, timeout=5)
        token = base64.b64encode(b"backup:Pa:ss word1").decode()
        connection.request("POST", "/wsman", request.encode(), {"Authorization": f"Basic {token}"})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body

    def learn(self, recorded: str, ours: bytes) -> None:
        self.ids.update(zip(ID.findall(recorded), ID.findall(ours.decode()), strict=True))


def write_recorded_output(computer: FakeComputer, response: str) -> None:
    """Let the command write what the recorded Receive carried, and end if it had ended."""
    root = ET.fromstring(response)
    process = computer.started[-1]
    for stream in root.iterfind(".//rsp:Stream", RSP):
        if stream.text:
            process.out(base64.b64decode(stream.text), stream.attrib["Name"])
    code = root.findtext(".//rsp:ExitCode", None, RSP)
    if code is not None:
        process.end(int(code))


@pytest.mark.parametrize("transcript", TRANSCRIPTS)
def test_a_recorded_conversation_goes_the_same_way(
    transcript: str, start: Start, computer: FakeComputer
) -> None:
    replay = Replay(start(allow_unencrypted=True))
    for request_file in sorted((RECORDINGS / transcript).glob("*.request.xml")):
        stem = request_file.name.removesuffix(".request.xml")
        recorded = request_file.with_name(f"{stem}.response.xml").read_text()
        if stem.endswith("-Receive") and "Fault" not in recorded:
            write_recorded_output(computer, recorded)
        status, ours = replay.send(request_file.read_text())
        assert status == (500 if "<s:Fault>" in recorded else 200)
        assert_same_shape(ours, recorded)
        replay.learn(recorded, ours)
    assert replay.server.shells() == []


def test_recorded_faults_carry_the_recorded_codes_and_texts(start: Start, computer: FakeComputer) -> None:
    for folder, number in (("test_winrs_bad_cmd_id", 2), ("test_winrs_operation_timeout", 3)):
        replay = Replay(start(allow_unencrypted=True))
        for request_file in sorted((RECORDINGS / folder).glob("*.request.xml"))[: number + 1]:
            recorded = Path(str(request_file).replace("request", "response")).read_text()
            if "CommandState/Running" in recorded:
                write_recorded_output(computer, recorded)
            ours = replay.send(request_file.read_text())[1]
            replay.learn(recorded, ours)
        assert _texts(ours, "Fault") == _texts(recorded, "Fault")
        fault = ET.fromstring(ours).find(f".//{{{names.FAULT}}}WSManFault")
        assert fault is not None
        assert f'Code="{fault.attrib["Code"]}"' in recorded


def test_a_recorded_command_line_reaches_the_computer(start: Start, computer: FakeComputer) -> None:
    replay = Replay(start(allow_unencrypted=True))
    for number in (0, 1):
        request_file = next((RECORDINGS / "test_winrs_standard").glob(f"00{number}-*.request.xml"))
        recorded = Path(str(request_file).replace("request", "response")).read_text()
        replay.learn(recorded, replay.send(request_file.read_text())[1])
    assert computer.started[0].line == "cmd.exe /c echo hi"


def test_a_recorded_listing_of_shells_and_commands_has_the_same_shape(
    start: Start, computer: FakeComputer
) -> None:
    replay = Replay(start(allow_unencrypted=True))
    standard = RECORDINGS / "test_winrs_standard"
    created = [replay.send((standard / "000-Create.request.xml").read_text())[1] for _ in range(2)]
    replay.learn((standard / "000-Create.response.xml").read_text(), created[0])
    replay.send((standard / "001-Command.request.xml").read_text())
    folder = RECORDINGS / "enumerate"
    shells = replay.send((folder / "010-Enumerate.request.xml").read_text())[1]
    assert_same_shape(shells, (folder / "010-Enumerate.response.xml").read_text())
    replay.ids["BCEF62AD-380E-4314-B2A4-EB6748019B41"] = ID.findall(created[0].decode())[0]
    commands = replay.send((folder / "011-Enumerate.request.xml").read_text())[1]
    assert_same_shape(commands, (folder / "011-Enumerate.response.xml").read_text())


def test_the_quota_fault_is_the_recorded_one(start: Start) -> None:
    replay = Replay(start(allow_unencrypted=True, policy=Policy(max_shells_per_user=0)))
    status, ours = replay.send((RECORDINGS / "test_winrs_standard/000-Create.request.xml").read_text())
    recorded = (RECORDINGS / "quota/wmi_error_v2.xml").read_text()
    assert status == 500
    assert_same_shape(ours, recorded)
    assert _texts(ours.replace(b"number of 0", b"number of 30"), "Fault") == _texts(recorded, "Fault")


def _texts(xml: str | bytes, name: str) -> list[str]:
    element = ET.fromstring(xml).find(f".//{{{names.SOAP}}}{name}")
    assert element is not None
    return [text.strip() for text in element.itertext() if text.strip()]
