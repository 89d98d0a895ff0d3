"""A person types the command on the page, watches, and reads the array snapshot's final name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.world import Town
from tests.requires import needs
from tests.sandbox.slack import chromium

IMAGE = Path(__file__).resolve().parents[2] / "docs" / "images" / "run.png"
SHOW_HEADLINE = """(() => {
    const holds = element => !element.children.length && element.textContent.startsWith("Verified: backup of");
    const line = [...document.querySelectorAll("*")].filter(holds).at(-1);
    line.scrollIntoView();
    for (let box = line.parentElement; box; box = box.parentElement) box.scrollTop -= box.scrollTop ? 48 : 0;
    return new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(() => painted(true))));
})()"""


@pytest.fixture
def browser() -> Iterator[chromium.Tab]:
    needs("chromium", "apt-get install chromium")
    with chromium.chromium() as tab:
        yield tab


def test_a_person_reads_in_the_page_the_name_that_the_array_lists(
    village: Town, browser: chromium.Tab
) -> None:
    cluster = village.cluster()
    village.post("node", action="set_timing", cluster=cluster, prepare_snapshot_s=300.0)
    browser.open(village.ready["page"], width=1100, height=900)
    browser.type("textarea", f"/vss backup {cluster} volume1")
    browser.see(f"Queued: backup of {cluster} volume1")
    browser.see(f"Preparing: backup of {cluster} volume1")
    browser.see("Microsoft Hyper-V VSS Writer")
    [run] = [str(row["id"]) for row in village.runs(cluster)]
    assert village.ends(run) == "verified"
    browser.see(f"Verified: backup of {cluster} volume1")
    [name] = village.snapshots(cluster)
    shown = browser.run("document.body.innerText")
    assert set(re.findall(rf"{cluster}-csv1\.VSS-[0-9A-F]{{32}}", shown)) == {name}
    assert "Only visible to you" in shown
    assert browser.faults == []
    if os.environ.get("VSSBOT_SCREENSHOTS") == "1":
        browser.run(SHOW_HEADLINE)
        browser.picture(IMAGE)
        assert IMAGE.stat().st_size <= 200_000
