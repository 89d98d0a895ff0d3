from __future__ import annotations
import time
from tests.journeys.world import Town, text_of, until


def test_plain(town: Town) -> None:
    t=time.time()
    runs = [town.backup(town.cluster()) for _ in range(12)]
    out = [town.ends(run) for run in runs]
    print(time.time()-t, out)
    for run in runs: print(town.verdict(run))
    assert set(out)=={"verified"}
