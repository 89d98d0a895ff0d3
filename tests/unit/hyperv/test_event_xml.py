"""Event logs: the XML is synthetic (no real sample is public), the texts in it are recorded ones where they exist."""

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.vss import LogState
from integrations.hyperv import events

RECORDINGS = Path(__file__).parents[2] / "data" / "vss"
NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"


def event(number: int = 8229, *, body: str = "", record: int = 17, provider: str = "VSS") -> str:
    return (
        f"<Event xmlns='{NAMESPACE}'><System><Provider Name='{provider}'/>"
        f"<EventID Qualifiers='32768'>{number}</EventID><Version>0</Version><Level>3</Level>"
        "<TimeCreated SystemTime='2026-11-23T07:01:02.1234567Z'/>"
        f"<EventRecordID>{record}</EventRecordID><Execution ProcessID='4004' ThreadID='0'/>"
        f"<Channel>Application</Channel></System>{body}</Event>"
    )


def test_a_recorded_japanese_event_keeps_its_writer_id() -> None:
    text = (RECORDINGS / "event-vss-8229-csv-writer-japanese-EN-context.txt").read_text("utf-8")
    context = text[text.index("エラー") : text.index("</Data>")]
    body = f"<EventData><Data>0x00000000, The operation completed successfully.</Data><Data>{context}</Data></EventData>"
    (found,) = events.parse(event(body=body).encode("utf-8"))
    assert "1072ae1c-e5a7-4ea1-9e4a-6f7964656570" in found.text()
    assert (found.log, found.provider, found.event_id, found.level) == ("Application", "VSS", 8229, 3)
    assert (found.record_id, found.process_id) == (17, 4004)
    assert found.at == datetime(2026, 11, 23, 7, 1, 2, 123456, tzinfo=UTC)


def test_the_recorded_template_values_are_kept_as_data() -> None:
    rows = (RECORDINGS / "event-5120-5142-instances.txt").read_text().split("\n")
    for row in filter(None, rows):
        number, value = row.split()
        body = f"<EventData><Data Name='VolumeName'>Volume1</Data><Data>Cluster Disk 1</Data><Data>{value}</Data></EventData>"
        (found,) = events.parse(event(int(number), body=body).encode())
        assert found.data == ("Volume1", "Cluster Disk 1", value)


def test_elements_stand_alone_or_below_a_root() -> None:
    two = event(record=1) + "\r\n" + event(record=2)
    for text in (two, f"<Events>{two}</Events>", f"<?xml version='1.0'?>\r\n<Events>{two}</Events>"):
        assert [e.record_id for e in events.parse(text.encode())] == [1, 2]


def test_a_torn_element_costs_only_itself_and_is_counted() -> None:
    torn = event(record=1)[:150]
    reading = events.read((torn + event(record=2) + event(record=3)[:-20]).encode())
    assert [e.record_id for e in reading.events] == [2]
    assert reading.unreadable == 2


def test_user_data_and_binary_text_are_read() -> None:
    binary = b"- Code: CORSNPSC00000753- CMD: vssvc.exe".hex()
    body = (
        "<UserData><EventXml xmlns='x'><VmName>web-1</VmName><VmId>ABC</VmId></EventXml></UserData>"
        f"<EventData><Data>one</Data><Binary>{binary}</Binary></EventData>"
    )
    (found,) = events.parse(event(body=body).encode())
    assert set(found.data) == {"web-1", "ABC", "one", "- Code: CORSNPSC00000753- CMD: vssvc.exe"}


def test_missing_data_is_no_fault_but_a_missing_id_is() -> None:
    bare = (
        "<Event><System><EventID>5</EventID><TimeCreated SystemTime='2026-11-23T07:01:02Z'/></System></Event>"
    )
    (found,) = events.parse(bare.encode(), "System")
    assert (found.log, found.provider, found.record_id, found.process_id) == ("System", "", 0, None)
    assert events.read(b"<Event><System/></Event>").unreadable == 1


def test_classic_ids_lose_their_upper_half() -> None:
    (found,) = events.parse(event(0x80002025).encode())
    assert found.event_id == 8229


def test_control_characters_that_xml_forbids_are_dropped() -> None:
    (found,) = events.parse(event(body="<EventData><Data>a&#x1;b\x02c</Data></EventData>").encode())
    assert found.data == ("abc",)


def test_an_entity_bomb_is_not_opened() -> None:
    bomb = "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>"
    assert events.parse((bomb + event(body="<EventData><Data>&b;</Data></EventData>")).encode()) == ()


def test_the_state_of_a_log_is_read() -> None:
    raw = (
        b"creationTime: 2025-01-01T00:00:00.000Z\r\nlastWriteTime: 2026-11-23T07:00:00.000Z\r\n"
        b"fileSize: 20975616\r\nattributes: 32\r\nnumberOfLogRecords: 41234\r\noldestRecordNumber: 1000\r\n"
    )
    state = events.parse_log(raw, "Application")
    assert state == LogState("Application", 41234, 1000)
    assert state is not None and state.newest == 42233


def test_several_logs_and_a_missing_one() -> None:
    raw = (
        b"log=Application\r\nnumberOfLogRecords: 5\r\noldestRecordNumber: 1\r\n"
        b"log=Gone\r\nThe specified channel could not be found.\r\n"
        b"log=System\r\nnumberOfLogRecords: 0\r\noldestRecordNumber: 0\r\n"
    )
    assert events.parse_logs(raw) == (LogState("Application", 5, 1), LogState("System", 0, 0))


@given(st.lists(st.text(max_size=40), max_size=4))
def test_any_text_survives_in_the_data_or_is_stepped_over(texts: list[str]) -> None:
    safe = [t.replace("&", "&amp;").replace("<", "&lt;") for t in texts]
    body = "<EventData>" + "".join(f"<Data>{t}</Data>" for t in safe) + "</EventData>"
    reading = events.read(event(body=body).encode("utf-8", "replace"))
    assert len(reading.events) + reading.unreadable == 1
