"""Stand-ins for the programs that the kit calls: batch files, the same ones under both interpreters.

Each is called with one argument in front that only its launcher needs. The one for DiskShadow really goes through
the script: it runs what follows `exec`, and sets the variables that DiskShadow sets when a shadow copy set was made.
Files below C:\\stub switch what it does.
"""

from __future__ import annotations

FOLDER = "C:\\stub"
SYSTEM32 = "C:\\windows\\system32"
PROVIDER = "C:\\Program Files\\Pure Storage\\VSS\\Provider"

SET_ID = "{5EF7A94B-6A1C-4B61-9C5E-0123456789AB}"

CANCELS_FIRST = "cancels-first"  # a cancel wins the race for the gate
IGNORES_EXEC = "ignores-exec"  # a failing exec does not stop the script
CREATE_FAILS = "create-fails"  # no set is made, the script ends with 1

_DISKSHADOW = r"""@echo off
setlocal EnableExtensions DisableDelayedExpansion
echo diskshadow "%~2" "%~3"
if exist C:\stub\cancels-first ren C:\vssbot\requests\%RUN_ID%\armed cancelled
set "STOP="
set "CODE=0"
set "ALIASES="
for /f "usebackq tokens=1-7" %%A in ("%~3") do if not defined STOP call :line %%A %%B %%C %%D %%E %%F %%G
exit /b %CODE%

:line
echo %*
if "%~1"=="exec" goto :exec
if "%~1"=="create" goto :create
if "%~1 %~2"=="add volume" set "ALIASES=%ALIASES% %~5"
if "%~1"=="exit" set "STOP=1"
exit /b 0

:exec
cmd /d /c %~2
if not errorlevel 1 exit /b 0
if exist C:\stub\ignores-exec exit /b 0
set "STOP=1"
set "CODE=1"
exit /b 0

:create
if exist C:\stub\create-fails (
  set "STOP=1"
  set "CODE=1"
  exit /b 0
)
set "VSS_SHADOW_SET=@SET_ID@"
for %%N in (%ALIASES%) do set "%%N=shadow-of-%%N"
exit /b 0
"""

_TELLS = r"""@echo off
echo @NAME@ %2 %3 %4 %5 %6 %7 %8
echo @NAME@ to stderr 1>&2
exit /b 0
"""

PROGRAMS = {
    "diskshadow": SYSTEM32,
    "vssadmin": SYSTEM32,
    "wevtutil": SYSTEM32,
    "reg": SYSTEM32,
    "powershell": SYSTEM32,
    "pureproviderconfig": PROVIDER,
}


def batch(name: str) -> bytes:
    """Return the batch file that stands in for a program."""
    text = _DISKSHADOW.replace("@SET_ID@", SET_ID) if name == "diskshadow" else _TELLS.replace("@NAME@", name)
    return text.replace("\n", "\r\n").encode("ascii")
