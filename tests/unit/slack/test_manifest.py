"""The manifest is one that Slack takes, and asks for no right that is not explained."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

import tests.tools.blockkit.validate_blocks as tools
from integrations.slack.manifest import SCOPES, manifest

# The tool beside it reads this schema at import and leaves the file open, which our pytest calls an error.
SCHEMA = json.loads((Path(tools.__file__).parent / "slack-manifest.schema.json").read_text())


@pytest.mark.parametrize("kind", [manifest(), manifest("backups", "/backup")], ids=["default", "renamed"])
def test_slack_takes_the_manifest(kind):
    assert [error.message for error in Draft7Validator(SCHEMA).iter_errors(kind)] == []
    assert len(kind["display_information"]["description"]) <= 140
    assert kind["settings"]["socket_mode_enabled"] is True
    assert kind["settings"]["interactivity"] == {"is_enabled": True}


def test_every_scope_has_a_reason_and_none_reads_messages():
    asked = manifest()["oauth_config"]["scopes"]
    assert asked == {"bot": ["commands", "chat:write", "usergroups:read"]}
    assert all(reason for _, reason in SCOPES)
