"""What a success implies of the text: held against an oracle that shares nothing with the parser."""

import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.array import suffix_for
from bot.domain.backup import ProvedSnapshot, Stage, Target, VmInSet
from bot.domain.evidence import Evidence
from bot.domain.match import Answer, VolumeAnswer
from bot.domain.verdict import judge
from bot.domain.vss import RequesterReport
from bot.ports import RunFolder
from integrations.hyperv import diskshadow

SET = "a1690908-4600-4e41-81b0-ce225b5bfe71"
SHADOWS = ("0abe41fb-a89a-4398-af16-9a9504070d4f", "7b53b887-76e5-4db8-821d-6828e4cbe044")
VM = "11111111-2222-3333-4444-555555555555"


def script(count: int) -> list[str]:
    """Return what a good verbose run with this many volumes prints."""
    volumes = range(1, count + 1)
    return [
        "Microsoft DiskShadow version 1.0",
        "Copyright (C) 2013 Microsoft Corporation",
        "On computer:  HV-01,  11/23/2026 6:55:00 AM",
        "",
        "-> set verbose on",
        "-> set context persistent",
        "-> set option transportable",
        "-> set metadata meta.cab",
        "-> begin backup",
        *(
            rf"-> add volume C:\ClusterStorage\Volume{n}\ alias vssbot_{n} provider "
            "{781c006a-5829-4a25-81e3-d5e43bd005ab}"
            for n in volumes
        ),
        r"-> exec C:\vssbot\kit\gate.cmd",
        "-> create",
        'Excluding writer "Shadow Copy Optimization Writer", because all of its components have been excluded.',
        'COM call "lvssObject4->GetRootAndLogicalPrefixPaths" failed.',
        "",
        '* Including writer "Cluster Shared Volume VSS Writer":',
        f"\t+ Adding component: \\{VM}",
        "",
        *(
            f"Alias vssbot_{n} for shadow ID {{{SHADOWS[n - 1]}}} set as environment variable."
            for n in volumes
        ),
        f"Alias VSS_SHADOW_SET for shadow set ID {{{SET}}} set as environment variable.",
        "Inserted file Manifest.xml into .cab file meta.cab",
        r"-> exec C:\vssbot\kit\created.cmd",
        "-> end backup",
        r"-> exec C:\vssbot\kit\ended.cmd",
        "-> exit",
    ]


def aliases(count: int) -> list[str]:
    return [f"vssbot_{n}" for n in range(1, count + 1)]


def oracle(text: str, count: int) -> bool:
    """Say whether the text holds, in order, every Alias line, `end backup`, the next line, and no HRESULT."""
    if re.search(r"(?<![0-9A-Za-z{\-.\\])(0x)?8[0-9a-fA-F]{7}(?![0-9A-Za-z\-])", text):
        return False
    rows = [row.strip() for row in re.split(r"[\r\n]+", text)]
    places = []
    for alias in [*aliases(count), "VSS_SHADOW_SET"]:
        at = [
            n
            for n, row in enumerate(rows)
            if not row.startswith("->")
            and re.search(rf"\b{alias}\b", row)
            and re.search(r"\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}", row)
        ]
        if not at:
            return False
        places.append(at[0])
    ends = [
        n for n, row in enumerate(rows) if row.lower().replace("\t", " ").split() == ["->", "end", "backup"]
    ]
    ends = [n for n in ends if n > max(places)]
    return bool(ends) and any(row.startswith("->") and row[2:].strip() for row in rows[ends[0] + 1 :])


def evidence(report: RequesterReport, count: int) -> Evidence:
    """Return evidence in which everything but the requester's text is good."""
    at = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    names = tuple(f"volume{n}" for n in range(1, count + 1))
    folder = RunFolder(
        claimed=True,
        seen_at=at,
        committed=True,
        started=True,
        created=True,
        set_id=SET,
        shadow_ids=dict(zip(aliases(count), SHADOWS, strict=False)),
        ended=True,
        exit_code=0,
        done=True,
    )
    found = (
        VolumeAnswer(v, Answer.FOUND, ProvedSnapshot(v, "fa1", f"{v}.{suffix_for(SET)}", at)) for v in names
    )
    return Evidence(
        target=Target("cluster1", names),
        node="hv-01",
        folder=folder,
        report=report,
        volumes=tuple(found),
        vms=(VmInSet(VM, "web-1", "hv-01", names),),
        events=(),
    )


NOISE = st.sampled_from(
    [
        "",
        "The last operation failed.",
        "\t- Returned HRESULT: 80042306",
        "- Returned HRESULT: 0x8004230F",
        "hr = 0x80070001, Incorrect function.",
        "-> end backup",
        "-> exit",
        "->",
        f"-> %vssbot_1% = {{{SHADOWS[0]}}}",
        f"VSS_SHADOW_SET={{{SET}}}",
        f"Alias VSS_SHADOW_SET for shadow set ID {{{SHADOWS[1]}}} set as environment variable.",
        f"        * Shadow copy ID = {{{SHADOWS[0]}}}               %vssbot_1%",
        f"                - Shadow copy set: {{{SET}}}       %VSS_SHADOW_SET%",
    ]
)


@given(st.integers(1, 2), st.data())
def test_completed_implies_what_the_oracle_demands(count: int, data: st.DataObject) -> None:
    rows = script(count)
    for _ in range(data.draw(st.integers(0, 4))):
        if not rows:
            break
        at = data.draw(st.integers(0, len(rows) - 1))
        match data.draw(st.sampled_from(["drop", "add", "swap", "cut"])):
            case "drop":
                del rows[at]
            case "add":
                rows.insert(at, data.draw(NOISE))
            case "swap":
                other = data.draw(st.integers(0, len(rows) - 1))
                rows[at], rows[other] = rows[other], rows[at]
            case _:
                rows = rows[: at + 1]
    text = data.draw(st.sampled_from(["\r\n", "\n", "\r\r\n"])).join(rows)
    report = diskshadow.parse(text.encode("cp850", "replace"), aliases(count))
    assert not report.completed or oracle(text, count)
    assert judge(evidence(report, count)).outcome is not Stage.VERIFIED or oracle(text, count)


def test_a_good_run_is_completed_and_verified() -> None:
    for count in (1, 2):
        report = diskshadow.parse("\r\n".join(script(count)).encode(), aliases(count))
        assert report.completed
        assert judge(evidence(report, count)).outcome is Stage.VERIFIED


@given(st.integers(1, 2), st.integers(0, 5000))
def test_a_prefix_is_completed_only_when_the_line_after_end_backup_is_there(count: int, length: int) -> None:
    raw = "\r\n".join(script(count)).encode()
    report = diskshadow.parse(raw[:length], aliases(count))
    at = raw.index(b"-> end backup\r\n-> e")
    assert report.completed == (length > at + len(b"-> end backup\r\n-> "))


@given(
    end=st.sampled_from(["\r\n", "\n", "\r\r\n"]),
    indent=st.sampled_from(["\t", "        ", "    "]),
    shout=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp850", "cp437"]),
)
def test_line_ends_indents_case_and_encoding_change_nothing(
    end: str, indent: str, shout: bool, encoding: str
) -> None:
    rows = [row.upper() if shout and row.startswith("-> ") else row for row in script(2)]
    text = end.join(rows).replace("\t", indent)
    report = diskshadow.parse(text.encode(encoding), aliases(2))
    assert report.completed and report.hresult is None
    assert report.set_id == SET
    assert report.shadow_ids == dict(zip(aliases(2), SHADOWS, strict=True))
    assert report.included == {"Cluster Shared Volume VSS Writer": (f"\\{VM}",)}
    assert report.excluded_writers == ("Shadow Copy Optimization Writer",)


def test_a_translated_run_is_understood() -> None:
    text = "\r\n".join(script(1))
    for english, german in (
        ("Alias vssbot_1 for shadow ID", "Der Alias vssbot_1 für Schattenkopie-ID"),
        ("set as environment variable.", "wurde als Umgebungsvariable festgelegt."),
        ("Alias VSS_SHADOW_SET for shadow set ID", "Der Alias VSS_SHADOW_SET für Schattenkopiesatz-ID"),
        ("* Including writer", "* Verfasser wird eingeschlossen:"),
        ("+ Adding component:", "+ Komponente wird hinzugefügt:"),
    ):
        text = text.replace(english, german)
    report = diskshadow.parse(text.encode("cp850"), ["vssbot_1"])
    assert report.completed and report.set_id == SET
    assert report.included == {"Cluster Shared Volume VSS Writer": (f"\\{VM}",)}


def test_no_alias_asked_for_is_never_a_success() -> None:
    assert not diskshadow.parse("\r\n".join(script(1)).encode(), []).completed


def test_an_alias_line_too_few_is_no_success() -> None:
    assert not diskshadow.parse("\r\n".join(script(1)).encode(), ["vssbot_1", "vssbot_2"]).completed


def test_one_shadow_copy_under_two_aliases_is_no_success() -> None:
    text = "\r\n".join(script(2)).replace(SHADOWS[1], SHADOWS[0])
    assert not diskshadow.parse(text.encode(), aliases(2)).completed


def test_an_hresult_after_everything_spoils_it() -> None:
    text = "\r\n".join([*script(1), "- Returned HRESULT: 80042306", "- Error text: VSS_E_PROVIDER_VETO"])
    report = diskshadow.parse(text.encode(), ["vssbot_1"])
    assert report.hresult == 0x80042306 and report.error_text == "VSS_E_PROVIDER_VETO"
    assert not report.completed and not report.created


def test_alias_10_is_not_alias_1() -> None:
    text = "\r\n".join(script(1)).replace("vssbot_1", "vssbot_10")
    assert diskshadow.parse(text.encode(), ["vssbot_1"]).shadow_ids == {}


def test_a_copy_run_is_created_without_end_backup() -> None:
    rows = [row for row in script(1) if row not in ("-> begin backup", "-> end backup")]
    report = diskshadow.parse("\r\n".join(rows).encode(), ["vssbot_1"])
    assert report.created and not report.completed


def test_the_aliases_of_a_script_are_its_volumes() -> None:
    raw = (
        b"set verbose on\r\nadd volume C:\\ClusterStorage\\Volume1\\ alias vssbot_1 provider {x}\r\n"
        b"ADD VOLUME C:\\ClusterStorage\\Volume2\\ ALIAS vssbot_3 PROVIDER {x}\r\ncreate\r\n"
    )
    assert diskshadow.aliases(raw) == ("vssbot_1", "vssbot_3")


def test_created_txt_gives_the_ids() -> None:
    raw = f"VSS_SHADOW_SET={{{SET.upper()}}}\r\nvssbot_1={{{SHADOWS[0]}}}\r\n".encode()
    assert diskshadow.created(raw) == diskshadow.Created(SET, {"vssbot_1": SHADOWS[0]})


def test_a_half_written_created_txt_gives_no_id() -> None:
    assert diskshadow.created(b"VSS_SHADOW_SET={a1690908-4600-4e") == diskshadow.Created()
    assert diskshadow.created(b"Environment variable VSS_SHADOW_SET not defined\r\n") == diskshadow.Created()


def test_exit_txt_is_a_number_or_nothing() -> None:
    assert diskshadow.exit_code(b"0\r\n") == 0
    assert diskshadow.exit_code(b"-2147212538 \r\n") == -2147212538
    assert diskshadow.exit_code(b"") is None
    assert diskshadow.exit_code(b"ECHO is off.\r\n") is None
