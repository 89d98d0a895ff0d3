"""Every code people meet is explained, however it is written."""

import re

import pytest

from bot.domain.codes import hresults, ours, writers
from bot.domain.explain import Retry, explain, hresult, known_codes, nearest

# Every row of the table of HRESULTs that the product promises to know.
PROMISED = str.split("""
80042301 80042302 80042303 80042304 80042306 80042307 80042308 8004230C 8004230D 8004230E 8004230F
80042310 80042311 80042312 80042313 80042314 80042315 80042316 80042317 80042318 80042319 8004231B
8004231D 8004231E 8004231F 80042320 80042321 80042325 80042326 80042327 80042328 80042329 8004232A
8004232B 8004232C 8004232D 8004232E 8004232F 80042336 800423F0 800423F1 800423F2 800423F3 800423F4
800423F5 800423F6 800423F7 800423F8 800423F9 800423FA 800423FB 800423FC 800423FD 800423FE 800423FF
80042400 80042409 80042417 00042309 0004230A 0004230B 80070005 80070001 8007173D 8007173E 8007173F
8007173C 8007138F
""")


@pytest.mark.parametrize("code", PROMISED)
def test_every_promised_hresult_has_a_meaning_and_a_next_step(code: str) -> None:
    found = explain(code)
    assert found is not None
    assert found.code == f"0x{code.upper()}" and found.name and found.meaning and found.next_step


@pytest.mark.parametrize(
    "text",
    [
        "0x80042306",
        "80042306",
        "0X80042306",
        "VSS_E_PROVIDER_VETO",
        "provider_veto",
        "-2147212538",
        "2147754758",
        " `0x80042306` ",
    ],
)
def test_one_code_in_all_its_spellings(text: str) -> None:
    found = explain(text)
    assert found is not None and found.name == "VSS_E_PROVIDER_VETO"


def test_events_writers_states_and_our_own_codes_are_known() -> None:
    for text, words in (
        ("8229", "writer refused"),
        ("5120", "paused"),
        ("Microsoft Hyper-V VSS Writer", "vmms"),
        ("{1072ae1c-e5a7-4ea1-9e4a-6f7964656570}", "clussvc"),
        ("[10]", "thaw"),
        ("VSS_WS_FAILED_AT_FREEZE", "freeze"),
        ("vm-left-out", "VM"),
        ("5949", ""),
    ):
        found = explain(text)
        assert (found is None) == (text == "5949")
        assert found is None or words in found.text()


def test_everything_known_is_explained() -> None:
    for code in known_codes():
        assert explain(code) is not None, code


def test_nothing_is_invented_for_an_unknown_code() -> None:
    for text in ("", "0x80042399", "hello", "99999", "0x", "\u202e0x80042306x", "x" * 40_000):
        assert explain(text) is None


@pytest.mark.parametrize(
    ("typo", "meant"),
    [
        ("0x80042360", "0x80042306"),
        ("80042360", "0x80042306"),
        ("0x8004236", "0x80042306"),
        ("VSS_E_PROVIDER_VETTO", "VSS_E_PROVIDER_VETO"),
        ("PROVIDER_VETOO", "VSS_E_PROVIDER_VETO"),
        ("vm-leftout", "vm-left-out"),
        ("System Writter", "System Writer"),
    ],
)
def test_a_typo_leads_to_what_was_meant(typo: str, meant: str) -> None:
    assert nearest(typo) == meant


def test_far_words_lead_nowhere() -> None:
    assert nearest("qqqqqq") is None
    assert nearest("x" * 40_000) is None


def test_an_unknown_hresult_still_has_a_sentence() -> None:
    assert hresult(-2147212000).code == "0x80042520"
    assert hresult(0x80042399).meaning


def test_only_the_documented_transient_codes_are_repeated_by_themselves() -> None:
    later = {number for number, retry in hresults.RETRIES.items() if retry is Retry.LATER}
    assert later == {0x80042313, 0x80042314, 0x800423F2}
    assert hresult(0x80042316).retry is Retry.BUSY
    assert hresult(0x80042306).retry is Retry.NO


def test_no_advice_is_dangerous() -> None:
    for code in known_codes():
        found = explain(code)
        assert found is not None
        text = found.text().lower()
        assert not re.search(r"(?<!not )(?<!never )restart (the service )?clussvc", text)
        assert "kill" not in text
        if "restart the service vmms" in text:
            assert text.index("drain") < text.index("restart the service vmms")


def test_the_cluster_service_is_never_to_be_restarted() -> None:
    for writer in writers.WRITERS:
        if writer.service == "clussvc":
            assert "Do not restart" in writers.restart_advice(writer, "hv-01")


def test_our_codes_are_written_alike() -> None:
    assert all(re.fullmatch(r"[a-z][a-z-]*", code) for code in ours.ROWS)
