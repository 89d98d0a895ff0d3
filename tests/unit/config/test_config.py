"""The configuration: read whole, refused with every fault at once, secrets kept to themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.config import ConfigFaults, Secret, Settings, load, load_file
from bot.domain.backup import WISHES, BackupType
from bot.wiring import catalog
from integrations.hyperv.kit import scripts

GOOD = r"""
[slack]
workspace = "T0123ABCD"
team_channel = "C0STORAGE"
admins = ["U0ADMIN01", "S0ADMINS1"]

[arrays.fa1]
address = "fa1.corp.example"
ca_file = "ca.pem"

[clusters.cluster1]
channel = "C0OPS0001"
operators = ["U0OPER001"]
crash_consistent_vms = ["Appliance-7"]

[clusters.cluster1.nodes.hv-01]
url = "https://hv-01.corp.example:5986/wsman"
ca_file = "ca.pem"

[clusters.cluster1.nodes.hv-02]
url = "http://hv-02.corp.example:5985/wsman"

[clusters.cluster1.volumes]
volume1 = 'C:\ClusterStorage\Volume1\'
volume2 = 'C:\ClusterStorage\Volume2'

[store]
path = "data/vssbot.db"
"""
SECRETS = {
    "VSSBOT_SLACK_BOT_TOKEN": "xoxb-1",
    "VSSBOT_SLACK_APP_TOKEN": "xapp-1",
    "VSSBOT_NODE_USER": "CORP\\svc",
    "VSSBOT_NODE_PASSWORD": "pass word",
    "VSSBOT_ARRAY_FA1_TOKEN": "array-token",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ca.pem").write_text("ca")
    return tmp_path


def write(folder: Path, text: str = GOOD) -> Path:
    path = folder / "vssbot.toml"
    path.write_text(text, "utf-8")
    return path


def read(folder: Path, text: str = GOOD, **more: str) -> Settings:
    return load(write(folder, text), {**SECRETS, **more})


def faults(folder: Path, text: str = GOOD, secrets: dict[str, str] | None = None) -> tuple[str, ...]:
    with pytest.raises(ConfigFaults) as refused:
        load(write(folder, text), SECRETS if secrets is None else secrets)
    return refused.value.faults


def test_a_whole_file_is_read_and_made_into_a_catalog(folder: Path) -> None:
    settings = read(folder)
    assert settings.node("cluster1", "hv-01").transport == "ntlm"
    assert settings.cluster("cluster1").backup_type is BackupType.FULL
    assert settings.slack_api_url == "https://slack.com/api/"
    known = catalog(settings)
    assert known.admins == {"U0ADMIN01", "S0ADMINS1"}
    cluster = known.clusters["cluster1"]
    assert (cluster.nodes, cluster.team_channel) == (("hv-01", "hv-02"), "C0STORAGE")
    assert dict(cluster.volumes) == {
        "volume1": r"C:\ClusterStorage\Volume1",
        "volume2": r"C:\ClusterStorage\Volume2",
    }
    assert cluster.crash_consistent_vms == {"appliance-7"}
    assert known.known.clusters == {"cluster1": ("volume1", "volume2")}


def test_relative_paths_begin_at_the_file_and_not_where_the_bot_was_started(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    settings = read(folder)
    assert settings.path(settings.file.store.path) == (folder / "data/vssbot.db").resolve()
    assert settings.path("/etc/x") == Path("/etc/x").resolve()


def test_every_fault_is_told_at_once_with_file_key_and_what_is_accepted(folder: Path) -> None:
    text = (
        GOOD.replace('"T0123ABCD"', '"my-workspace"')
        .replace('channel = "C0OPS0001"', 'channel = "#ops"\nbackup_type = "half"')
        .replace("[arrays.fa1]", "[arrays.FA_1]")
        .replace(r"'C:\ClusterStorage\Volume2'", r"'D:\Data 2'")
        .replace('"U0OPER001"', '"omar"')
    )
    told = faults(folder, text)
    path = str(folder / "vssbot.toml")
    assert all(fault.startswith(f"{path}: ") for fault in told)
    wanted = {
        "slack.workspace": "T0123ABCD",
        "clusters.cluster1.channel": "C0123ABCD",
        "clusters.cluster1.backup_type": "'full'",
        "clusters.cluster1.volumes.volume2": r"C:\ClusterStorage\Volume1",
        "clusters.cluster1.operators.0": "U0123ABCD",
        "arrays.FA_1": "cluster1",
    }
    for key, accepted in wanted.items():
        assert [fault for fault in told if key in fault and accepted in fault], (key, told)
    assert len(told) == len(wanted)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "team_channel",
            "team_chanel",
            "slack.team_chanel: there is no such key; did you mean team_channel?",
        ),
        (
            "operators",
            "operatorz",
            "clusters.cluster1.operatorz: there is no such key; did you mean operators?",
        ),
        ("[store]", "[stor]", "stor: there is no such key; did you mean store?"),
        ('url = "http://hv', 'uri = "http://hv', "nodes.hv-02.uri: there is no such key; did you mean url?"),
        ('path = "data', 'file = "data', "store.file: there is no such key; known here: path"),
    ],
)
def test_a_misspelt_key_is_told_with_the_nearest_one(folder: Path, old: str, new: str, told: str) -> None:
    assert [fault for fault in faults(folder, GOOD.replace(old, new, 1)) if told in fault]


def test_what_is_missing_is_told(folder: Path) -> None:
    text = GOOD.replace('workspace = "T0123ABCD"\n', "").replace('address = "fa1.corp.example"\n', "")
    told = faults(folder, text)
    assert any("slack.workspace: is missing" in fault for fault in told)
    assert any("arrays.fa1.address: is missing" in fault for fault in told)


@pytest.mark.parametrize("transport", ["basic", "certificate"])
def test_nothing_that_does_not_seal_goes_over_http(folder: Path, transport: str) -> None:
    text = GOOD.replace('5985/wsman"', f'5985/wsman"\ntransport = "{transport}"')
    (told,) = faults(folder, text)
    assert "clusters.cluster1.nodes.hv-02" in told
    assert "https" in told and "ntlm or kerberos" in told


def test_a_certificate_log_on_needs_both_files(folder: Path) -> None:
    text = GOOD.replace('5986/wsman"', '5986/wsman"\ntransport = "certificate"')
    (told,) = faults(folder, text)
    assert "client_cert_file and client_key_file" in told


def test_one_csv_is_not_two_volumes(folder: Path) -> None:
    (told,) = faults(folder, GOOD.replace("Volume2'", "VOLUME1'"))
    assert "name each CSV once" in told


@pytest.mark.parametrize("address", ["0.0.0.0:80", "10.0.0.1:80", "nonsense"])
def test_health_is_served_on_loopback_only(folder: Path, address: str) -> None:
    (told,) = faults(folder, f'{GOOD}\n[server]\nhealth = "{address}"\n')
    assert "server.health" in told


def test_files_that_are_not_there_are_named_with_their_key(folder: Path) -> None:
    (folder / "ca.pem").unlink()
    told = faults(folder)
    assert {fault.split(": ")[1] for fault in told} == {
        "arrays.fa1.ca_file",
        "clusters.cluster1.nodes.hv-01.ca_file",
    }


def test_no_file_at_all_and_no_toml_are_told(folder: Path) -> None:
    with pytest.raises(ConfigFaults, match=r"no such file.*--config"):
        load_file(folder / "nope.toml")
    with pytest.raises(ConfigFaults, match="is not TOML"):
        load_file(write(folder, "[slack\n"))
    with pytest.raises(ConfigFaults, match="cannot be read"):
        load_file(folder)
    (folder / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigFaults, match="is not TOML"):
        load_file(folder / "binary.toml")


def test_every_missing_secret_is_named_at_once_with_both_ways_to_give_it(folder: Path) -> None:
    told = faults(folder, secrets={})
    for name in SECRETS:
        assert [fault for fault in told if f"{name} is missing" in fault and f"{name}_FILE" in fault], name
    assert any("VSSBOT_CLUSTER_CLUSTER1_PASSWORD" in fault for fault in told)
    assert len(told) == len(SECRETS)


def test_a_secret_may_stand_in_a_file(folder: Path) -> None:
    (folder / "password").write_text("from a file \n", "utf-8")
    without = {key: value for key, value in SECRETS.items() if key != "VSSBOT_NODE_PASSWORD"}
    settings = load(write(folder), {**without, "VSSBOT_NODE_PASSWORD_FILE": str(folder / "password")})
    assert settings.node_passwords["cluster1"]() == "from a file"


def test_a_secret_file_that_cannot_be_read_is_named(folder: Path) -> None:
    without = {key: value for key, value in SECRETS.items() if key != "VSSBOT_NODE_PASSWORD"}
    (told,) = faults(folder, secrets={**without, "VSSBOT_NODE_PASSWORD_FILE": str(folder / "nope")})
    assert "VSSBOT_NODE_PASSWORD_FILE" in told and "cannot be read" in told


def test_an_empty_secret_is_no_secret(folder: Path) -> None:
    (folder / "empty").write_text("\n", "utf-8")
    told = faults(folder, secrets={**SECRETS, "VSSBOT_NODE_PASSWORD": ""})
    assert "VSSBOT_NODE_PASSWORD is missing" in told[0]
    without = {key: value for key, value in SECRETS.items() if key != "VSSBOT_NODE_PASSWORD"}
    told = faults(folder, secrets={**without, "VSSBOT_NODE_PASSWORD_FILE": str(folder / "empty")})
    assert "VSSBOT_NODE_PASSWORD" in told[0]


def test_a_cluster_may_have_its_own_account(folder: Path) -> None:
    settings = read(
        folder, VSSBOT_CLUSTER_CLUSTER1_USER="CORP\\other", VSSBOT_CLUSTER_CLUSTER1_PASSWORD="other"
    )
    assert settings.node_users["cluster1"] == "CORP\\other"
    assert settings.node_passwords["cluster1"]() == "other"


def test_a_name_with_a_hyphen_has_an_underscore_in_the_environment(folder: Path) -> None:
    settings = load(
        write(folder, GOOD.replace("[arrays.fa1]", "[arrays.fa-1]")),
        {**SECRETS, "VSSBOT_ARRAY_FA_1_TOKEN": "t"},
    )
    assert settings.array_tokens["fa-1"]() == "t"


def test_a_secret_shows_itself_only_when_asked(folder: Path) -> None:
    secret = Secret("hunter2")
    assert secret() == "hunter2"
    assert "hunter2" not in f"{secret} {secret!r}"
    shown = repr(read(folder))
    assert not [value for value in ("xoxb-1", "xapp-1", "pass word", "array-token") if value in shown]


def test_no_fault_shows_a_secret(folder: Path) -> None:
    told = " ".join(faults(folder, GOOD.replace('"T0123ABCD"', '"x"')))
    assert "pass word" not in told and "xoxb-1" not in told


@pytest.mark.parametrize("word", ["probe", "events", "writers", "copy"])
def test_a_volume_may_not_be_called_like_another_wish_to_a_node(folder: Path, word: str) -> None:
    with pytest.raises(ConfigFaults) as refused:
        load_file(write(folder, GOOD.replace("volume2 =", f"{word} =")))
    assert f"{word} is a word of the node kit" in str(refused.value)


def test_the_words_that_volumes_may_not_have_are_those_the_kit_looks_for() -> None:
    looked_for = set(re.findall(r"%WANT%\\(\w+)", scripts()["run.cmd"].decode("ascii")))
    assert looked_for == WISHES
