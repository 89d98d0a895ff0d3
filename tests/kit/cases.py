"""What the kit's run.cmd finds and what it must leave: data, the same for both interpreters.

Paths are below C:\\vssbot, `None` stands for a folder, RAW for a file whose content is compared only between the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.kit.stubs import CANCELS_FIRST, CREATE_FAILS, IGNORES_EXEC, SET_ID

RAW = b"<whatever both leave>"
RUN = "cluster1-20261123t065500123z-4f2a-a1"

Content = Mapping[str, bytes | None]

LOGS = (
    "Application",
    "System",
    "Microsoft-Windows-Hyper-V-VMMS-Admin",
    "Microsoft-Windows-Hyper-V-VMMS-Storage",
    "Microsoft-Windows-Hyper-V-Worker-Admin",
)


@dataclass(frozen=True)
class Case:
    """One situation; `after` is what came or changed, `gone` what is there no longer."""

    name: str
    before: Content
    after: Content = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    switches: frozenset[str] = frozenset()
    starts: int = 1


def request(*wanted: str, run: str = RUN, armed: bool = True) -> dict[str, bytes | None]:
    """Return a request folder as the bot leaves it."""
    made: dict[str, bytes | None] = {f"requests\\{run}": None, f"requests\\{run}\\want": None}
    made |= {f"requests\\{run}\\want\\{name}": b"" for name in wanted}
    if armed:
        made[f"requests\\{run}\\armed"] = b""
    return made


def script(*volumes: int, copy: bool = False) -> bytes:
    """Return the DiskShadow script for volumes by number."""
    lines = ["set verbose on", "set context persistent", "set option transportable", "set metadata meta.cab"]
    if not copy:
        lines.append("begin backup")
    lines += [
        f"add volume C:\\ClusterStorage\\Volume{number}\\ alias vssbot_{number} "
        "provider {781c006a-5829-4a25-81e3-d5e43bd005ab}"
        for number in volumes
    ]
    lines += ["exec C:\\vssbot\\kit\\gate.cmd", "create", "exec C:\\vssbot\\kit\\created.cmd"]
    if not copy:
        lines.append("end backup")
    lines += ["exec C:\\vssbot\\kit\\ended.cmd", "exit"]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _claimed(run: str = RUN) -> dict[str, bytes | None]:
    return {f"runs\\{run}": None, f"runs\\{run}\\version.txt": b"1\r\n", f"runs\\{run}\\done": b""}


def _in_run(files: Content, run: str = RUN) -> dict[str, bytes | None]:
    return {f"runs\\{run}\\{name}": content for name, content in files.items()}


def _backup(*volumes: int, copy: bool = False, run: str = RUN) -> dict[str, bytes | None]:
    """Return what a backup that went well leaves."""
    variables = [
        f"VSS_SHADOW_SET={SET_ID}",
        *(f"vssbot_{number}=shadow-of-vssbot_{number}" for number in volumes),
    ]
    return {
        **_started(*volumes, copy=copy, run=run, code=0),
        f"requests\\{run}\\committed": b"",
        **_in_run(
            {
                "gate": b"",
                "created.txt": "".join(f"{line}\r\n" for line in variables).encode("ascii"),
                "ended": b"",
            },
            run,
        ),
    }


def _started(*volumes: int, code: int, copy: bool = False, run: str = RUN) -> dict[str, bytes | None]:
    """Return what is there as soon as DiskShadow was started and ended with `code`."""
    return {
        **_claimed(run),
        **_in_run(
            {
                "volumes.dsh": RAW,
                "script.dsh": script(*volumes, copy=copy),
                "logs-before.txt": RAW,
                "started": b"",
                "out.log": RAW,
                "exit.txt": f"{code}\r\n".encode("ascii"),
            },
            run,
        ),
    }


def _events() -> dict[str, bytes | None]:
    files: dict[str, bytes | None] = {"logs-after.txt": RAW}
    for log in LOGS:
        files |= {f"events-{log}.xml": RAW, f"events-{log}.err": b"wevtutil to stderr \r\n"}
    return _in_run(files)


PROBE = _in_run(
    {
        "probe-errors.txt": RAW,
        "provider.txt": RAW,
        "providers.txt": RAW,
        "csvwriter.txt": RAW,
        "diag.txt": RAW,
        "logs.txt": RAW,
    }
)
ARMED = f"requests\\{RUN}\\armed"

BACKUPS = [
    Case("a backup of one volume", request("volume1"), _backup(1), (ARMED,)),
    Case("a backup of two volumes", request("volume2", "volume1"), _backup(1, 2), (ARMED,)),
    Case("a backup of the second volume keeps its alias", request("volume2"), _backup(2), (ARMED,)),
    Case(
        "a copy leaves the guests' own backups alone",
        request("volume1", "copy"),
        _backup(1, copy=True),
        (ARMED,),
    ),
    Case(
        "a backup with its events",
        request("volume1", "events"),
        {**_backup(1), **_events()},
        (ARMED,),
    ),
    Case(
        "a backup with everything that can be asked",
        request("volume1", "probe", "writers", "events"),
        {**_backup(1), **_events(), **PROBE, **_in_run({"writers.txt": RAW})},
        (ARMED,),
    ),
    Case(
        "a failed create ends the script",
        request("volume1"),
        {**_started(1, code=1), f"requests\\{RUN}\\committed": b"", **_in_run({"gate": b""})},
        (ARMED,),
        frozenset({CREATE_FAILS}),
    ),
    Case(
        "two requests are done one after the other",
        {**request("volume1", run="a-1"), **request("volume2", run="b-2")},
        {**_backup(1, run="a-1"), **_backup(2, run="b-2")},
        ("requests\\a-1\\armed", "requests\\b-2\\armed"),
    ),
    Case(
        "an id that begins with a minus is an id",
        request("volume1", run="-x"),
        _backup(1, run="-x"),
        ("requests\\-x\\armed",),
    ),
]

QUESTIONS = [
    Case("a probe", request("probe"), {**_claimed(), **PROBE}),
    Case("events", request("events"), {**_claimed(), **_events()}),
    Case("writers", request("writers"), {**_claimed(), **_in_run({"writers.txt": RAW})}),
    Case("nothing wanted is done at once", request(), _claimed()),
    Case("no folder for what is wanted", {f"requests\\{RUN}": None, ARMED: b""}, _claimed()),
    Case("a volume that the node does not offer", request("volume3"), _claimed()),
]

STATES = [
    Case("a request that is not armed waits", request("volume1", armed=False)),
    Case(
        "a request that was cancelled before the start is left alone",
        {**request("volume1", armed=False), f"requests\\{RUN}\\cancelled": b""},
    ),
    Case(
        "a cancel wins at the gate and DiskShadow quits",
        request("volume1"),
        {**_started(1, code=1), f"requests\\{RUN}\\cancelled": b""},
        (ARMED,),
        frozenset({CANCELS_FIRST}),
    ),
    Case(
        "a cancel wins at the gate and DiskShadow goes on",
        request("volume1"),
        {
            **_backup(1),
            f"requests\\{RUN}\\cancelled": b"",
        },
        (ARMED, f"requests\\{RUN}\\committed", f"runs\\{RUN}\\gate"),
        frozenset({CANCELS_FIRST, IGNORES_EXEC}),
    ),
    Case(
        "a run that was claimed and is not done is gone",
        {**request("volume1"), f"runs\\{RUN}": None, f"runs\\{RUN}\\started": b""},
        {f"runs\\{RUN}\\gone": b""},
    ),
    Case(
        "a run that is done is not done again",
        {**request("volume1"), f"runs\\{RUN}": None, f"runs\\{RUN}\\done": b""},
    ),
    Case("a second start finds nothing to do", request("volume1"), _backup(1), (ARMED,), starts=2),
    Case("no request at all", {}),
]

HOSTILE_NAMES = (
    "a&calc",
    "a&md pwned",
    "%PATH%",
    "%cd%",
    ";x",
    "^x",
    "x^",
    "^&calc",
    "!x!",
    "!NAME!",
    "x y",
    " x",
    "(a)",
    ")",
    "=x",
    ",x",
    "b.c",
    ".hidden",
    "@x",
    "x@",
    "~x",
    "%~nx1",
    "'x'",
    "`x`",
    "[x]",
    "{x}",
    "$x",
    "#x",
    "+x",
    "x_y",
    "UPPER",
    "x\u00a0y",
    "größe",
    "日本",
    "ａｂｃ",
    "xа",
    "x\u2028y",
    "n" * 101,
    "n" * 200,
    "cluster1 & calc",
    "x&&calc",
    "x&",
    "run.new",
)
"""Names that NTFS allows and that no id of ours has."""

SELF_NAMED = "%%R"
"""A request with the name of the loop's own variable: Wine 8.0 puts it in for ever and breaks down, Windows does not."""


def _alone(name: str) -> Case:
    return Case(
        f"a request called {name[:20]!a}, {len(name)} characters", request("volume1", "probe", run=name)
    )


ALONE_UNDER_WINE = ("a&calc", "%PATH%", ";x", "!x!", "^x", "x y", "日本", "ａｂｃ")

HOSTILE = [
    *(_alone(name) for name in ALONE_UNDER_WINE),
    Case(
        "all hostile names at once do not keep a good request from being done",
        {
            **{path: data for name in HOSTILE_NAMES for path, data in request("volume1", run=name).items()},
            **request("volume1"),
        },
        _backup(1),
        (ARMED,),
    ),
    *(
        Case(f"something else wanted: {name[:20]!a}", request(name), _claimed())
        for name in ("volume1&calc", "%PATH%", "a b", "(a)", "^", "!x!", "volume1.dsh", "-x", "x;y")
    ),
    Case(
        "a hostile name beside a wanted volume changes nothing",
        request("volume1", "volume1&calc", "%PATH%", ";x"),
        _backup(1),
        (ARMED,),
    ),
    Case("a file where a request should be", {"requests\\stray": b"echo pwned\r\n"}),
    Case(
        "a file where the wanted things should be",
        {f"requests\\{RUN}": None, ARMED: b"", f"requests\\{RUN}\\want": b"volume1\r\n"},
        _claimed(),
    ),
    Case(
        "a folder where a wanted file should be",
        {**request(), f"requests\\{RUN}\\want\\volume1": None},
        _backup(1),
        (ARMED,),
    ),
    Case(
        "a folder where armed should be",
        {**request("volume1", armed=False), f"requests\\{RUN}\\armed": None},
        {**_backup(1), f"requests\\{RUN}\\committed": None},
        (ARMED,),
    ),
    Case(
        "what a request's files hold is not read",
        {
            **request(armed=False),
            ARMED: b"calc\r\n",
            f"requests\\{RUN}\\want\\volume1": b"exec C:\\evil.cmd\r\n",
            f"requests\\{RUN}\\run.cmd": b"echo pwned\r\n",
            f"requests\\{RUN}\\diskshadow.cmd": b"echo pwned\r\n",
        },
        {**_backup(1), f"requests\\{RUN}\\committed": b"calc\r\n"},
        (ARMED,),
    ),
]

ONLY_SANDBOX = [
    Case("a request called like the loop's variable", request("volume1", run=SELF_NAMED)),
    # Under Wine they are tried all at once: a start of Wine takes its time.
    *(_alone(name) for name in HOSTILE_NAMES if name not in ALONE_UNDER_WINE),
]
CASES = [*BACKUPS, *QUESTIONS, *STATES, *HOSTILE]
