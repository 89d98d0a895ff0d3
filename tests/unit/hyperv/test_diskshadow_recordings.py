"""Every recorded DiskShadow output is read as what it says."""

from pathlib import Path

from bot.domain.vss import ExcludedComponent
from integrations.hyperv import diskshadow

RECORDINGS = Path(__file__).parents[2] / "data" / "vss"


def recording(name: str) -> bytes:
    return (RECORDINGS / f"{name}.txt").read_bytes()


def test_the_vendors_run_on_a_csv_is_complete() -> None:
    report = diskshadow.parse(recording("diskshadow-csv-pure-success-ws2025"), ["VSS_SHADOW_1"])
    assert report.completed and report.created
    assert report.set_id == "a1690908-4600-4e41-81b0-ce225b5bfe71"
    assert report.shadow_ids == {"vss_shadow_1": "0abe41fb-a89a-4398-af16-9a9504070d4f"}
    assert report.hresult is None
    assert report.echoed == (
        "Set context persistent",
        "Set option transportable",
        r'Set metadata "c:\program files\pure storage\vss\hv\02_15_2025__1054_39.cab"',
        "Begin backup",
        r"Add volume C:\ClusterStorage\Volume1\ Provider {781c006a-5829-4a25-81e3-d5e43bd005ab}",
        "Create",
        "End backup",
        "exit",
    )


def test_the_same_run_says_nothing_about_another_alias() -> None:
    report = diskshadow.parse(recording("diskshadow-csv-pure-success-ws2025"), ["vssbot_1"])
    assert not report.completed and not report.created
    assert report.shadow_ids == {}
    assert report.set_id == "a1690908-4600-4e41-81b0-ce225b5bfe71"


def test_output_without_echoes_never_proves_completion() -> None:
    report = diskshadow.parse(recording("diskshadow-hyperv-writer-verify-smb"), ["VSS_SHADOW_1"])
    assert report.set_id == "2bef895d-5d3f-4799-8368-f4bfc684e95b"
    assert report.shadow_ids == {"vss_shadow_1": "7b53b887-76e5-4db8-821d-6828e4cbe044"}
    assert not report.completed and report.echoed == ()


def test_a_list_of_writers_is_no_report() -> None:
    report = diskshadow.parse(recording("diskshadow-list-writers-status"), ["a"])
    assert report.included == {} and report.set_id is None and report.hresult is None


def test_an_excerpt_gives_the_ids_it_holds() -> None:
    report = diskshadow.parse(recording("diskshadow-openzfs-hwprovider-success-excerpt"), ["VSS_SHADOW_1"])
    assert report.set_id == "7d5c8869-2838-47b2-be8c-eba81c65f2ae"
    assert report.shadow_ids == {"vss_shadow_1": "7c589f05-5339-4f71-a51c-2cbd2ed1acdf"}
    assert not report.completed


def test_a_provider_veto_is_read_with_its_code_and_symbol() -> None:
    report = diskshadow.parse(recording("diskshadow-provider-veto"), ["vssbot_1"])
    assert report.hresult == 0x80042306
    assert report.error_text == "VSS_E_PROVIDER_VETO"
    assert report.set_id is None and not report.completed


def test_a_component_left_out_is_named_with_its_volume() -> None:
    report = diskshadow.parse(recording("diskshadow-verbose-writer-not-verified-excerpt"), ["shadow_vol_e"])
    assert report.excluded == (ExcludedComponent(r"\HOSTNAME\master", "SqlServerWriter", "C:\\"),)
    assert report.excluded_writers == ()
    assert not report.completed


def test_interactive_output_gives_writers_and_ids() -> None:
    report = diskshadow.parse(recording("diskshadow-winrm-interactive-hash-eol"), ["cdrive"])
    assert report.shadow_ids == {"cdrive": "37b62f4c-6270-4ef7-9a6f-15ee9fd2da07"}
    assert report.set_id == "875f52bf-150a-4b87-87ad-cb4f20e8989a"
    assert len(report.included) == 9
    assert report.included["System Writer"] == (r"\System Files", r"\Win32 Services Files")
    assert not report.completed


def test_a_run_without_end_backup_is_created_but_not_completed() -> None:
    report = diskshadow.parse(recording("diskshadow-winrm-nowriters-success"), ["someAlias"])
    assert report.created and not report.completed
    assert report.set_id == "9fdb069a-80bd-4682-80d9-08c2e4e07378"
    assert report.shadow_ids == {"somealias": "0872fcaf-ceab-4999-b7da-e4c5575876d1"}


def test_verbose_writers_are_read_whatever_their_order() -> None:
    report = diskshadow.parse(recording("diskshadow-winrm-verbose-writers-success"), ["cdrive"])
    assert sorted(report.included) == [
        "COM+ REGDB Writer",
        "DFS Replication service writer",
        "NTDS",
        "Performance Counters Writer",
        "Registry Writer",
        "System Writer",
        "Task Scheduler Writer",
        "VSS Metadata Store Writer",
        "WMI Writer",
    ]
    assert report.included["NTDS"] == (r"\C:_Windows_NTDS\ntds",)
    assert report.excluded == (ExcludedComponent(r"\BCD\BCD", "ASR Writer", ""),)
    assert report.excluded_writers == ("Shadow Copy Optimization Writer", "ASR Writer")
    assert report.echoed[-1] == "end backup"


def test_the_prompt_at_the_end_of_a_file_is_not_the_line_after_end_backup() -> None:
    report = diskshadow.parse(recording("diskshadow-winrm-verbose-writers-success"), ["cdrive"])
    assert report.created and not report.completed
