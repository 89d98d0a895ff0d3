"""The check before a backup: which node, what forbids it, what to warn about, which VMs."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from bot.domain import inventory_rules as rules
from bot.domain.backup import Stage, Target
from bot.domain.inventory import ClusterNode, Csv, NodeProbe, Vm
from bot.domain.vss import PURE_PROVIDER, Provider, ProviderArray

PATHS = {"volume1": r"C:\ClusterStorage\Volume1", "volume2": r"C:\ClusterStorage\Volume2"}
SERVICES = {"vss": False, "eventsystem": True, "vmms": True, "clussvc": True, "pureprovider": True}
CSVS = (
    Csv(PATHS["volume1"], "1111", "Cluster Disk 1", "HV-02", True, serial="A" * 24, free_mb=500_000, total_mb=1_000_000),
    Csv(PATHS["volume2"], "2222", "Cluster Disk 2", "HV-01", True, serial="B" * 24, free_mb=500_000, total_mb=1_000_000),
)  # fmt: skip
WEB = Vm("3F25", "web-1", "hv-01", True, (r"c:\clusterstorage\volume1\web-1\os.vhdx",))
DB = Vm("4F25", "db-1", "hv-02", True, (r"C:\ClusterStorage\Volume2\db-1\os.vhdx",))


def probe(node: str, *vms: Vm) -> NodeProbe:
    return NodeProbe(
        node=node,
        boot="x",
        build=20348,
        services=dict(SERVICES),
        providers=(Provider("Pure Storage VSS Hardware Provider", PURE_PROVIDER),),
        provider_arrays=(ProviderArray("https://fa1.example.com/", "fa1", True, True, True),),
        nodes=(ClusterNode("HV-01", 0), ClusterNode("HV-02", 0)),
        csvs=CSVS,
        vms=vms,
        processes_known=True,
    )


PROBES = {"hv-01": probe("hv-01", WEB), "hv-02": probe("hv-02", DB)}


def ask(probes: Mapping[str, NodeProbe], *volumes: str) -> rules.Question:
    return rules.Question(
        Target("cluster1", volumes or ("volume1",)),
        PATHS,
        ("hv-01", "hv-02"),
        probes,
        {"fa1": "https://fa1.example.com"},
    )


def changed(node: str, **changes: Any) -> dict[str, NodeProbe]:
    return PROBES | {node: replace(PROBES[node], **changes)}


def codes(findings: rules.Findings) -> list[str]:
    return [refusal.code for refusal in findings.refusals]


def test_a_healthy_cluster_has_no_finding() -> None:
    assert rules.check(ask(PROBES), "hv-02") == rules.Findings()


def test_the_owner_is_asked_first_and_else_the_first_fit_node() -> None:
    paths, nodes = [PATHS["volume1"]], ["hv-01", "hv-02"]
    assert rules.choose_node(paths, nodes, PROBES) == ("hv-02", ())
    draining = changed("hv-02", nodes=(ClusterNode("HV-01", 0), ClusterNode("HV-02", 0, 1)))
    assert rules.choose_node(paths, nodes, draining) == ("hv-01", ("hv-02 is being drained",))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"services": None}, "did not tell its services"),
        ({"services": SERVICES | {"pureprovider": False}}, "Pure Storage VSS Hardware Provider"),
        ({"services": {k: v for k, v in SERVICES.items() if k != "vss"}}, "no Volume Shadow Copy"),
        ({"providers": ()}, "no Pure Storage VSS provider"),
        ({"nodes": ()}, "does not find itself"),
        ({"nodes": (ClusterNode("hv-01", 2),)}, "not up"),
    ],
)
def test_an_unfit_node_says_why(changes: dict[str, Any], words: str) -> None:
    assert words in rules.unfit("hv-01", changed("hv-01", **changes))


def test_a_silent_node_is_passed_over_and_without_any_node_it_is_refused() -> None:
    assert rules.choose_node([], ["hv-09"], PROBES) == (None, ("hv-09 did not answer",))
    findings = rules.check(ask(PROBES), None, ["hv-01 is being drained"])
    (refusal,) = findings.refusals
    assert refusal.outcome is Stage.FAILED and refusal.code == "no-node"
    assert "hv-01 is being drained" in refusal.why and refusal.safe and refusal.next_step


def csv_with(**changes: Any) -> dict[str, NodeProbe]:
    csvs = (replace(CSVS[0], **changes), CSVS[1])
    return {name: replace(found, csvs=csvs) for name, found in PROBES.items()}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"path": r"C:\ClusterStorage\Other"}, "csv-unknown"),
        ({"online": False}, "csv-offline"),
        ({"fault_state": 2}, "csv-offline"),
        ({"fault_state": 8}, "csv-offline"),
        ({"fault_state": 4}, "csv-maintenance"),
        ({"serial": None, "serial_problem": "this node does not see its disk"}, "no-serial"),
    ],
)
def test_a_csv_that_cannot_be_backed_up_is_refused(changes: dict[str, Any], code: str) -> None:
    assert codes(rules.check(ask(csv_with(**changes)), "hv-02")) == [code]


def test_two_names_of_one_csv_are_refused() -> None:
    question = replace(ask(PROBES, "volume1", "again"), paths=PATHS | {"again": PATHS["volume1"] + "\\"})
    assert codes(rules.check(question, "hv-02")) == ["same-csv"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (None, "does not know the array fa1"),
        (ProviderArray("https://fa1.example.com/", "fa1", True, False, True), "not online"),
        (ProviderArray("https://fa1.example.com/", "fa1", False, True, True), "not compatible"),
        (ProviderArray("https://fa1.example.com/", "fa1", True, True, False), "refuses the account"),
        (ProviderArray("https://FA1.example.com:443", "renamed", True, True, False), "refuses the account"),
    ],
)
def test_only_the_row_of_our_array_can_refuse(row: ProviderArray | None, words: str) -> None:
    probes = changed("hv-02", provider_arrays=(row,) if row else ())
    (refusal,) = rules.check(ask(probes), "hv-02").refusals
    assert refusal.code == "provider-array" and words in refusal.why


def test_another_arrays_row_is_a_warning() -> None:
    rows = (*PROBES["hv-02"].provider_arrays, ProviderArray("https://old/", "old", True, False, False))
    findings = rules.check(ask(changed("hv-02", provider_arrays=rows)), "hv-02")
    assert not findings.refusals and "old" in findings.warnings[0]


def test_advice_about_tls_follows_the_build_of_windows() -> None:
    assert "no TLS 1.3" in rules.tls_advice(17763)
    assert "enable its client side" in rules.tls_advice(20348)


def test_a_switched_off_csv_writer_is_refused_only_with_vms_elsewhere() -> None:
    probes = changed("hv-01", csv_writer_enabled=False)
    (refusal,) = rules.check(ask(probes), "hv-02").refusals
    assert refusal.code == "csv-writer-off" and "web-1" in refusal.why and "hv-01" in refusal.why
    assert not rules.check(ask(probes), "hv-01").refusals


def test_the_vms_of_a_set_are_those_with_a_disk_on_it() -> None:
    (vm,) = rules.vms_of({"volume1": PATHS["volume1"]}, PROBES)
    assert (vm.id, vm.name, vm.node, vm.volumes, vm.included) == (
        "3F25",
        "web-1",
        "hv-01",
        ("volume1",),
        None,
    )
    assert [vm.name for vm in rules.vms_of(PATHS, PROBES)] == ["db-1", "web-1"]


def test_volume1_is_not_volume10() -> None:
    far = replace(WEB, disks=(r"C:\ClusterStorage\Volume10\x.vhdx",))
    assert rules.vms_of(PATHS, changed("hv-01", vms=(far,))) == rules.vms_of(PATHS, changed("hv-01", vms=()))


def test_a_vm_that_spans_ties_its_volumes_together_and_is_warned_about() -> None:
    both = replace(WEB, disks=(*WEB.disks, *DB.disks))
    probes = changed("hv-01", vms=(both,))
    assert rules.linked(["volume1"], PATHS, probes) == ("volume1", "volume2")
    assert rules.linked(["volume1"], PATHS, PROBES) == ("volume1",)
    (warning,) = rules.check(ask(probes), "hv-02").warnings
    assert "web-1" in warning and "volume1 volume2 together" in warning
    assert rules.check(ask(probes, "volume1", "volume2"), "hv-02").warnings == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"vms": (replace(WEB, backup_service=False),)}, "backup integration service"),
        ({"vms": (replace(WEB, recovery_checkpoint=True),)}, "recovery checkpoint"),
        ({"vms": ()}, "No VM has a disk on volume1"),
        ({"problems": ("vms.csv is missing",)}, "did not tell its VMs"),
        ({"diskshadow_pids": (4,)}, "DiskShadow already runs"),
    ],
)
def test_what_a_person_should_know_is_a_warning(changes: dict[str, Any], words: str) -> None:
    findings = rules.check(ask(changed("hv-01", **changes)), "hv-02")
    assert not findings.refusals and words in " ".join(findings.warnings)


def test_low_space_redirection_and_refs_are_warnings() -> None:
    for changes, words in (
        ({"free_mb": 10_000}, "9.8 GB free"),
        ({"free_mb": 90_000}, "free"),
        ({"fault_state": 1}, "redirected"),
        ({"file_system": "ReFS"}, "ReFS"),
    ):
        findings = rules.check(ask(csv_with(**changes)), "hv-02")
        assert not findings.refusals and words in " ".join(findings.warnings)


def test_switched_off_diagnostics_are_said_for_the_requester_only() -> None:
    probes = changed("hv-02", diag_disabled=True)
    assert "Writer progress is switched off" in rules.check(ask(probes), "hv-02").warnings[0]
    assert rules.check(ask(probes), "hv-01").warnings == ()


def test_an_accepted_vm_needs_no_warning() -> None:
    probes = changed("hv-01", vms=(replace(WEB, backup_service=False),))
    question = replace(ask(probes), accepted=frozenset({"web-1"}))
    assert rules.check(question, "hv-02").warnings == ()


def test_vms_are_known_only_if_every_node_that_is_up_told_them() -> None:
    nodes = ["hv-01", "hv-02"]
    assert rules.vms_known(nodes, PROBES)
    alone = {"hv-01": PROBES["hv-01"]}
    assert not rules.vms_known(nodes, alone)
    down = {"hv-01": replace(PROBES["hv-01"], nodes=(ClusterNode("hv-01", 0), ClusterNode("hv-02", 1)))}
    assert rules.vms_known(nodes, down)
    assert not rules.vms_known(nodes, changed("hv-01", problems=("vm-disks.csv is missing",)))


def test_a_disk_named_by_its_volume_guid_is_on_that_csv() -> None:
    guid = "9edf9657-4390-11f1-86ae-f1519abac96e"
    disk = rf"\\?\Volume{{{guid.upper()}}}\web-1\os.vhdx"
    csvs = (replace(CSVS[0], volume_guid=guid), CSVS[1])
    probes = {"hv-01": replace(PROBES["hv-01"], csvs=csvs, vms=(replace(WEB, disks=(disk,)),))}
    assert [vm.name for vm in rules.vms_of({"volume1": PATHS["volume1"]}, probes)] == ["web-1"]


def test_the_owners_view_of_a_csv_counts_and_views_that_differ_are_not_believed() -> None:
    clone = (replace(CSVS[0], serial=None, serial_problem="one must be a clone"), CSVS[1])
    found = rules.csv_of(PATHS["volume1"], changed("hv-02", csvs=clone))
    assert found is not None and found.serial is None
    blind = rules.csv_of(PATHS["volume1"], changed("hv-01", csvs=clone))
    assert blind is not None and blind.serial == "A" * 24
    other = (replace(CSVS[0], serial="C" * 24), CSVS[1])
    differ = rules.csv_of(PATHS["volume1"], changed("hv-01", csvs=other))
    assert differ is not None and differ.serial is None and "different disks" in differ.serial_problem
