"""What must never become a backup: each gets one private sentence, an entry in the audit, and nothing else."""

from __future__ import annotations

import pytest

from tests.journeys.world import NADIA, OPS, Town

BAD = {
    "an unknown cluster": "backup custer volume1",
    "a cluster that could be several": "backup cluster volume1",
    "no volume of that cluster": "backup {c} volume9",
    "smart quotes": "backup {c} “volume1”",
    "an em dash": "backup {c} volume1 —force",
    "forty kilobytes": "backup {c} volume1 " + "x" * 40_000,
    "a zero-width character": "backup {c} vol\u200bume1",
    "a right-to-left override": "backup {c} \u202evolume1",
    "a mention of everybody": "backup {c} <!channel>",
    "a second line": "backup {c} volume1\nexec c:\\evil.cmd",
    "a semicolon": "backup {c} volume1; rm",
    "a substitution": "backup {c} $(volume1)",
    "a device path": "backup {c} \\\\?\\C:\\ClusterStorage\\volume1",
    "the folder above": "backup {c} ..\\volume1",
    "a share": "backup {c} \\\\server\\volume1",
    "quotes": 'backup {c} "volume1"',
    "a trailing dot": "backup {c} volume1.",
    "a trailing blank in quotes": 'backup {c} "volume1 "',
    "a percent sign": "backup {c} %TEMP%",
    "an unknown verb": "bakcup {c} volume1",
    "nobody's run": "cancel {c}-20200101t000000000z-dead;x",
}


@pytest.fixture(scope="module")
def cluster(town: Town) -> str:
    """A cluster on which nothing has happened and nothing may happen."""
    return town.unused()


@pytest.mark.parametrize("name", BAD)
def test_it_is_answered_in_private_and_audited(town: Town, cluster: str, name: str) -> None:
    text = BAD[name].replace("{c}", cluster)
    public = {m["ts"] for m in town.messages() if not m["ephemeral_to"]}
    entries = len(town.audit())
    private = len(town.private(NADIA))
    assert town.type(f"/vss {text}") == {"ok": True}
    [answer] = town.private(NADIA)[private:]
    assert answer["channel"] == OPS
    assert answer["text"].endswith(".")
    assert len(answer["text"]) < 600
    assert not set("\n\u200b\u202e") & set(answer["text"])
    assert "<!channel>" not in answer["text"]
    [entry] = [e for e in town.audit()[entries:] if e["actor"] == NADIA]
    assert (entry["decision"], entry["rule"]) == ("refused", "bad input")
    assert entry["what"].startswith(text[:5])
    new = [m for m in town.messages() if not m["ephemeral_to"] and m["ts"] not in public]
    assert not [m for m in new if cluster in m["text"]]


def test_after_all_of_it_nothing_has_happened_on_any_node(town: Town, cluster: str) -> None:
    assert town.runs(cluster) == []
    assert town.snapshots(cluster) == []
    for node in town.nodes(cluster):
        assert node["shadow_copy_sets"] == []
        assert not [path for path in node["files"] if path.startswith("C:\\vssbot\\requests\\c")]
        assert not [path for path in node["files"] if path.startswith("C:\\vssbot\\runs\\c")]
