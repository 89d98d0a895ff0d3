"""The small programs that come with Windows."""

from __future__ import annotations

from sandbox.node.process import Program
from sandbox.node.tools import comparing, findstr, icacls, identity, schtasks, small, tasklist

TOOLS: dict[str, Program] = {
    "attrib.exe": small.attrib,
    "certutil.exe": comparing.certutil,
    "chcp.com": small.chcp,
    "fc.exe": comparing.fc,
    "find.exe": findstr.find,
    "findstr.exe": findstr.findstr,
    "fltmc.exe": identity.fltmc,
    "fsutil.exe": small.fsutil,
    "hostname.exe": identity.hostname,
    "icacls.exe": icacls.icacls,
    "more.com": small.more,
    "net.exe": identity.net,
    "ping.exe": small.ping,
    "sc.exe": small.sc,
    "schtasks.exe": schtasks.schtasks,
    "takeown.exe": small.takeown,
    "taskkill.exe": tasklist.taskkill,
    "tasklist.exe": tasklist.tasklist,
    "timeout.exe": small.timeout,
    "where.exe": small.where,
    "whoami.exe": identity.whoami,
}
