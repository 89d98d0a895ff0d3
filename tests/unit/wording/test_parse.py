"""What people type becomes a wish of known names, or one sentence that says what would be accepted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.wording import (
    ALIASES,
    VERBS,
    Backup,
    Cancel,
    Complaint,
    Explain,
    Help,
    Known,
    Show,
    Status,
    parse,
)

KNOWN = Known(
    {"cluster1": ("volume1", "volume2", "volume3"), "cluster2": ("volume1", "sql"), "k8": ("data",)}
)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("backup cluster1 volume1", Backup("cluster1", ("volume1",))),
        ("  Backup   Cluster1\u00a0VOLUME1  ", Backup("cluster1", ("volume1",))),
        ("b cluster2 sql", Backup("cluster2", ("sql",))),
        ("backup cluster1 volume3 volume1 volume3", Backup("cluster1", ("volume1", "volume3"))),
        ("status", Status()),
        ("ls", Status()),
        ("status 4F2A", Status("4f2a")),
        ("show cluster1-20261123t065500123z-4f2a", Show("cluster1-20261123t065500123z-4f2a")),
        ("stop 4f2a", Cancel("4f2a")),
        ("explain 0x80042306", Explain("0x80042306")),
        ("explain VSS_E_PROVIDER_VETO", Explain("vss_e_provider_veto")),
        ("why writer-failed", Explain("writer-failed")),
        ("explain -2147212538", Explain("-2147212538")),
        ("", Help()),
        ("   ", Help()),
        ("?", Help()),
        ("help backup", Help()),
    ],
)
def test_a_known_line_is_a_wish(text, wish):
    assert parse(text, KNOWN) == wish


BAD = {
    "backup cluter1 volume1": ["`cluter1`", "`cluster1`", "`/vss backup cluster1 volume1`"],
    "backup clus volume1": ["`clus`", "`cluster1` or `cluster2`"],
    "backup nowhere volume1": ["`nowhere`", "`cluster1`, `cluster2` or `k8`"],
    "backup cluster1 volmue1": ["`volmue1`", "nearest is `volume1`", "`/vss backup cluster1 volume1`"],
    "backup cluster1 vol": ["`vol`", "`volume1`, `volume2` or `volume3`"],
    "backup cluster1 sql": ["`sql`", "cluster1", "`volume1`, `volume2` or `volume3`"],
    "backup volume2": ["`volume2`", "`cluster1` only", "`/vss backup cluster1 volume2`"],
    "backup volume1": ["`volume1`", "`cluster1` and `cluster2`", "`/vss backup cluster1 volume1`"],
    "backup sql volume1": ["`cluster2` only", "`/vss backup cluster2 sql volume1`"],
    "backup": ["`/vss backup cluster1 volume1`"],
    "backup cluster2": ["`volume1` or `sql`", "`/vss backup cluster2 volume1`"],
    "bakcup cluster1 volume1": ["`bakcup`", "nearest is `backup`", "`/vss backup cluster1 volume1`"],
    "cluster1 volume1": ["`cluster1` is a cluster", "`/vss backup cluster1 VOLUME`"],
    "explode": ["`explode`", "`/vss"],
    "backup cluster1 “volume1”": ["nearest is `volume1`"],
    "backup cluster1 ‘volume1’": ["nearest is `volume1`"],
    'backup cluster1 "volume1"': ["nearest is `volume1`"],
    "backup cluster1 'volume1'": ["nearest is `volume1`"],
    "backup cluster1 volume1 —now": ["`--now`", "`volume1`"],
    "backup cluster1 volume1 –now": ["`--now`"],
    "backup cluster1 volume1,volume2": ["`/vss backup cluster1 volume1 volume2`"],
    "backup cluster1 volume1.": ["`volume1.`", "nearest is `volume1`"],
    'backup cluster1 "volume1 "': ['`"volume1`', "nearest is `volume1`"],
    "backup cluster1 volume1; rm": ["`volume1;`", "nearest is `volume1`"],
    "backup cluster1 $(volume1)": ["`$(volume1)`"],
    "backup cluster1 `volume1`": ["`'volume1'`"],
    r"backup cluster1 \\?\C:\ClusterStorage\Volume1": ["nearest is `volume1`"],
    r"backup cluster1 C:\ClusterStorage\Volume1" + "\\": ["nearest is `volume1`"],
    r"backup cluster1 ..\volume1": [r"`..\volume1`", "nearest is `volume1`"],
    r"backup cluster1 ..\..\Windows": [r"`..\..\Windows`", "`volume1`"],
    r"backup cluster1 \\server\share\volume1": ["nearest is `volume1`"],
    "backup cluster1 volume1\nexec c:\\evil.cmd": ["line break (U+000A)", "`/vss backup cluster1 volume1`"],
    "backup cluster1 volume1&#10;exec": ["line break (U+000A)"],
    "backup cluster1 volume1\u2028exec": ["line break (U+2028)"],
    "backup cluster1 volume1\x00": ["control character (U+0000)"],
    "backup cluster1 vol\u200bume1": ["zero width space (U+200B)", "`/vss backup cluster1"],
    "backup cluster1 volume1\ufeff": ["U+FEFF"],
    "backup cluster1 \u202e1emulov": ["right-to-left override (U+202E)"],
    "backup cluster1 volume1\u200f": ["right-to-left mark (U+200F)"],
    "backup cluster1 \u05d0\u05d1": ["\u05d0\u05d1", "`volume1`"],
    "backup &lt;!channel&gt; volume1": ["`<!channel>`", "`cluster1`"],
    "backup <@U123|bob> volume1": ["`cluster1`"],
    "backup \u212a8 data": ["`\u212a8`"],  # the Kelvin sign, whose lower case is k
    "bac\u212aup cluster1 volume1": ["`bac\u212aup`"],
    "backup cluster1 ｖolume1": ["nearest is `volume1`"],
    "cancel": ["`/vss status`"],
    "show a b": ["2 words", "`/vss status`"],
    "status <!here>": ["`<!here>`", "`/vss status`"],
    "cancel ../../x": ["`../../x`"],
    "explain": ["`/vss explain 0x80042306`"],
    "explain 0x8004 2306": ["`/vss explain 0x80042306`"],
    "explain $(x)": ["`$(x)`"],
}


@pytest.mark.parametrize("text", BAD, ids=ascii)
def test_a_bad_line_is_told_what_would_be_accepted_in_one_sentence(text):
    complaint = parse(text, KNOWN)
    assert isinstance(complaint, Complaint)
    for words in BAD[text]:
        assert words in complaint.sentence
    assert complaint.sentence.endswith(".")
    assert complaint.sentence.count(". ") == 0
    assert complaint.sentence.count("`") % 2 == 0
    assert len(complaint.sentence) < 400


def test_forty_kilobytes_are_not_read():
    complaint = parse("backup cluster1 " + "volume1 " * 5_000, KNOWN)
    assert isinstance(complaint, Complaint)
    assert complaint.code == "too-long"
    assert "40,016 characters" in complaint.sentence


def test_an_ambiguous_prefix_of_300_clusters_stays_short():
    many = Known({f"cluster{n}": ("volume1",) for n in range(300)})
    complaint = parse("backup zzz volume1", many)
    assert isinstance(complaint, Complaint)
    assert "or 292 more would be accepted" in complaint.sentence


def test_a_bot_without_clusters_says_so():
    complaint = parse("backup a b", Known({}))
    assert isinstance(complaint, Complaint)
    assert "none is configured" in complaint.sentence


def test_every_verb_has_an_example_that_is_understood():
    for verb in VERBS:
        line = KNOWN.example(verb).strip("`").removeprefix("/vss ").replace("RUN", "4f2a")
        assert not isinstance(parse(line, KNOWN), Complaint)


@given(st.one_of(st.text(max_size=300), st.from_regex(r"(backup|b) (cluster1|k8) .{0,60}")))
def test_no_text_leads_to_a_name_that_is_not_configured(text):
    wish = parse(text, KNOWN)
    if isinstance(wish, Backup):
        assert wish.volumes
        assert set(wish.volumes) <= set(KNOWN.clusters[wish.cluster])
        assert list(wish.volumes) == [v for v in KNOWN.clusters[wish.cluster] if v in wish.volumes]
        assert all(word.lower() in {*ALIASES, wish.cluster, *wish.volumes} for word in text.split())
    if isinstance(wish, Complaint):
        assert wish.sentence.isprintable()
        assert len(wish.sentence) < 500
