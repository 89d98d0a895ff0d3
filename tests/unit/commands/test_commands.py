"""The commands that need no wire, as a person types them."""

from __future__ import annotations

import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import app, main
from bot.commands.exits import Exit
from bot.domain.backup import OUTCOMES, Stage
from integrations.slack.manifest import SCOPES

CONFIG = r"""
[slack]
workspace = "T0123ABCD"
team_channel = "C0STORAGE"
admins = ["U0ADMIN01"]
[arrays.fa1]
address = "fa1.corp.example"
[clusters.cluster1]
channel = "C0OPS0001"
[clusters.cluster1.nodes.hv-01]
url = "https://hv-01.corp.example:5986/wsman"
[clusters.cluster1.volumes]
volume1 = 'C:\ClusterStorage\Volume1'
volume2 = 'C:\ClusterStorage\Volume2'
"""
SECOND = CONFIG[CONFIG.index("[clusters.cluster1]") :].replace("cluster1", "cluster2")
runner = CliRunner()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "vssbot.toml"
    path.write_text(CONFIG, "utf-8")
    return path


def test_every_stage_has_its_own_exit_code_and_only_verified_is_success() -> None:
    codes = {stage: Exit.of(stage) for stage in OUTCOMES}
    assert len(set(codes.values())) == len(OUTCOMES)
    assert [stage for stage, code in codes.items() if code == 0] == [Stage.VERIFIED]
    assert {Exit.of(stage) for stage in set(Stage) - OUTCOMES} == {Exit.UNKNOWN}


@pytest.mark.parametrize("code", ["0x80042306", "80042306", "VSS_E_PROVIDER_VETO", "-2147212538"])
def test_explain_knows_a_code_in_any_spelling(code: str) -> None:
    result = runner.invoke(app, ["explain", "--", code])
    assert result.exit_code == 0, result.output
    assert "VSS_E_PROVIDER_VETO" in result.stdout


def test_explain_says_what_is_near_and_fails_for_what_it_does_not_know() -> None:
    result = runner.invoke(app, ["explain", "task-not-startet"])
    assert result.exit_code == Exit.USAGE
    assert "Not known: task-not-startet." in result.stderr
    assert result.stdout == ""


def test_manifest_is_json_with_the_scopes_and_socket_mode() -> None:
    result = runner.invoke(app, ["manifest"])
    assert result.exit_code == 0
    built = json.loads(result.stdout)
    assert built["settings"]["socket_mode_enabled"] is True
    assert set(built["oauth_config"]["scopes"]["bot"]) == {scope for scope, _ in SCOPES}


def test_kit_writes_a_zip_with_the_clusters_volumes_and_needs_no_secret(config: Path, tmp_path: Path) -> None:
    output = tmp_path / "kit.zip"
    result = runner.invoke(app, ["kit", "--config", str(config), "--output", str(output)])
    assert result.exit_code == 0, result.output
    assert "volume1, volume2" in result.stdout
    with zipfile.ZipFile(io.BytesIO(output.read_bytes())) as archive:
        names = archive.namelist()
        line = archive.read("kit/volumes/volume2.dsh").decode()
    assert {"install.cmd", "kit/run.cmd", "kit/volumes/volume1.dsh"} <= set(names)
    assert line.startswith("add volume C:\\ClusterStorage\\Volume2\\ alias vssbot_2 provider {781c006a")


def test_the_printed_hashes_are_those_of_the_files_in_the_zip(config: Path, tmp_path: Path) -> None:
    output = tmp_path / "kit.zip"
    runner.invoke(app, ["kit", "--config", str(config), "--output", str(output)])
    result = runner.invoke(app, ["kit", "--config", str(config), "--hashes"])
    printed = dict(line.split("  ", 1)[::-1] for line in result.stdout.splitlines())
    with zipfile.ZipFile(output) as archive:
        for path, digest in printed.items():
            name = path.removeprefix("C:\\vssbot\\").replace("\\", "/")
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest, path
    assert "C:\\vssbot\\kit\\run.cmd" in printed


def test_kit_asks_for_the_cluster_only_where_it_matters(config: Path, tmp_path: Path) -> None:
    arguments = ["kit", "--config", str(config), "--output", str(tmp_path / "kit.zip")]
    config.write_text(CONFIG + SECOND, "utf-8")
    assert runner.invoke(app, arguments).exit_code == 0
    config.write_text(CONFIG + SECOND.replace("Volume2", "Volume9"), "utf-8")
    refused = runner.invoke(app, arguments)
    assert "name one of cluster1, cluster2" in str(refused.exception)
    assert runner.invoke(app, [*arguments, "--cluster", "cluster2"]).exit_code == 0
    assert "no cluster nope" in str(runner.invoke(app, [*arguments, "--cluster", "nope"]).exception)


def test_a_configuration_that_cannot_be_used_ends_with_its_faults_and_code_3(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(CONFIG.replace("T0123ABCD", "nope").replace("C0STORAGE", "#team"), "utf-8")
    monkeypatch.setattr(sys, "argv", ["vssbot", "kit", "--config", str(config)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == Exit.CONFIG
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert all(line.startswith(f"{config}: slack.") for line in told)


def test_a_command_that_needs_secrets_names_those_that_are_missing(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["vssbot", "check", "--config", str(config)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == Exit.CONFIG
    assert "VSSBOT_SLACK_BOT_TOKEN is missing" in capsys.readouterr().err
