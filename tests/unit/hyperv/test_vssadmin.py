"""vssadmin's lists in the languages that were recorded."""

from pathlib import Path

import pytest

from bot.domain.vss import Provider, WriterStatus
from integrations.hyperv import providerconfig, vssadmin

RECORDINGS = Path(__file__).parents[2] / "data" / "vss"


def recording(name: str) -> bytes:
    return (RECORDINGS / f"{name}.txt").read_bytes()


def test_the_csv_writer_is_read() -> None:
    assert vssadmin.writers(recording("vssadmin-list-writers-csv-stable")) == (
        WriterStatus(
            name="Cluster Shared Volume VSS Writer",
            writer_id="1072ae1c-e5a7-4ea1-9e4a-6f7964656570",
            instance_id="61237e66-55ff-427e-9e7a-bf9a35827e2b",
            state=1,
            state_text="Stable",
            last_error="No error",
        ),
    )


def test_a_failed_hyperv_writer_keeps_its_number_and_error() -> None:
    (writer,) = vssadmin.writers(recording("vssadmin-list-writers-hyperv-retryable"))
    assert (writer.writer_id, writer.state) == ("66841cd4-6ded-4f4b-8f17-fd23f8ddc3de", 8)
    assert (writer.state_text, writer.last_error) == ("Failed", "Retryable error")


def test_german_writers_are_read_by_number_and_id() -> None:
    writers = vssadmin.writers(recording("vssadmin-list-writers-german-SYNTHETIC"))
    assert [(w.name, w.state, w.last_error) for w in writers] == [
        ("Task Scheduler Writer", 1, "Kein Fehler"),
        ("System Writer", 7, "Wiederholbarer Fehler"),
        ("Microsoft Exchange Writer", 5, "Kein Fehler"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "vssadmin-failure-unexpected",
        "vssadmin-list-shadows-1",
        "vssadmin-list-writers-hyperv-host-healthy-table",
        "vssadmin-list-providers-netapp",
        "vssadmin-list-providers-pure-guide",
        "diskshadow-list-writers-status",
    ],
)
def test_other_output_holds_no_writers(name: str) -> None:
    assert vssadmin.writers(recording(name)) == ()


def test_providers_are_read_and_their_versions_closed_up() -> None:
    assert vssadmin.providers(recording("vssadmin-list-providers-netapp")) == (
        Provider(
            "Data ONTAP VSS Hardware Provider",
            "ddd3d232-a96f-4ac5-8f7b-250fd91fd102",
            "7.1.4.6845",
            "Hardware",
        ),
        Provider(
            "Data ONTAP VSS Hardware Provider",
            "31fca584-72be-45b6-9419-53a3277301d1",
            "7.0.0.5561",
            "Hardware",
        ),
    )


def test_writers_are_no_providers() -> None:
    assert vssadmin.providers(recording("vssadmin-list-writers-csv-stable")) == ()


def test_french_quotation_marks_around_a_name_are_dropped() -> None:
    raw = (
        "Nom du fournisseur\xa0: « Pure Storage VSS Hardware Provider »\r\n"
        "   Type de fournisseur : Matériel\r\n"
        "   ID du fournisseur : {781C006A-5829-4A25-81E3-D5E43BD005AB}\r\n"
        "   Version : 1.8.96.0\r\n"
    ).encode("cp850")
    (provider,) = vssadmin.providers(raw)
    assert provider.name == "Pure Storage VSS Hardware Provider"
    assert provider.provider_id == "781c006a-5829-4a25-81e3-d5e43bd005ab"
    assert (provider.version, provider.type_text) == ("1.8.96.0", "Matériel")


def test_the_guides_list_has_one_good_array_and_the_other_verbs_none() -> None:
    (array,) = providerconfig.parse(recording("pureproviderconfig-guide-outputs"))
    assert (array.url, array.name) == ("https://pure01.example.com/", "pure01")
    assert array.compatible and array.online and array.authenticated


def test_aligned_columns_and_a_banner_are_understood() -> None:
    raw = (
        b"Pure Storage PureProviderConfig version 1.0.2.43 (64-bit Release)\r\n"
        b"Copyright (C) 2016 - Pure Storage. All rights reserved.\r\n"
        b"On Computer: HV-01 - Windows 10.0 (20348)\r\nSupported REST version is 1.1\r\n\r\n"
        b"URL                          Compatible   Online   Authenticated   Array Name\r\n"
        b"https://fa-1.example.com/    yes          no       no              fa-1\r\n"
        b"https://10.0.0.7/            Ja           yes      ???             fa-2\r\n"
    )
    rows = providerconfig.parse(raw)
    assert [(r.name, r.compatible, r.online, r.authenticated) for r in rows] == [
        ("fa-1", True, False, False),
        ("fa-2", False, True, False),
    ]
