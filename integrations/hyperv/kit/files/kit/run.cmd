@echo off
rem The task \vssbot\run, as SYSTEM, one instance at a time. Goes through C:\vssbot\requests and does
rem what is wanted. A request is a folder: its name is the run's id, the files in it are empty. Only
rem names cross the border: nothing that the bot writes is read, echoed, expanded or executed here.
setlocal EnableExtensions DisableDelayedExpansion
set "PATH=%SystemRoot%\System32;%SystemRoot%;%SystemRoot%\System32\Wbem;%SystemRoot%\System32\WindowsPowerShell\v1.0"
cd /d C:\vssbot || exit /b 1

rem A name is looked at before anything else happens to it. FOR /F with every allowed character as a
rem delimiter finds something only in a name that holds another one. The x in front and the
rem end-of-line character, itself a delimiter, keep a first character from hiding the rest.
for /d %%R in (requests\*) do (
  set "SAFE=1"
  for /f "eol=a delims=abcdefghijklmnopqrstuvwxyz0123456789-" %%X in ("x%%~nxR") do set "SAFE="
  if defined SAFE call :request %%~nxR
)
exit /b 0

:request
if exist runs\%1\done exit /b 0
rem Claimed and not done, although only one instance runs: the instance that claimed it is gone.
if exist runs\%1\ (
  type nul >runs\%1\gone
  exit /b 0
)
if not exist requests\%1\armed exit /b 0
rem MD is the claim: it fails if the folder is there.
md runs\%1 || exit /b 0
set "RUN_ID=%1"
set "RUN=C:\vssbot\runs\%1"
set "REQUEST=C:\vssbot\requests\%1"
set "WANT=C:\vssbot\requests\%1\want"
set "TEMP=%RUN%"
set "TMP=%RUN%"
pushd %RUN%
copy /y C:\vssbot\kit\version.txt version.txt >nul
if exist %WANT%\probe call C:\vssbot\kit\probe.cmd
if exist %WANT%\writers vssadmin list writers >writers.txt 2>&1 <nul
call :backup
if exist %WANT%\events call C:\vssbot\kit\events.cmd
type nul >done
popd
exit /b 0

:backup
rem The volumes are this node's own list, in kit\volumes; a request can only choose from it.
for %%V in (C:\vssbot\kit\volumes\*.dsh) do if exist %WANT%\%%~nV type %%V >>volumes.dsh
if not exist volumes.dsh exit /b 0
if exist %WANT%\copy (
  copy /b C:\vssbot\kit\head.dsh+volumes.dsh+C:\vssbot\kit\create.dsh+C:\vssbot\kit\tail.dsh script.dsh >nul
) else (
  copy /b C:\vssbot\kit\head.dsh+C:\vssbot\kit\begin.dsh+volumes.dsh+C:\vssbot\kit\create.dsh+C:\vssbot\kit\end.dsh+C:\vssbot\kit\tail.dsh script.dsh >nul
)
call C:\vssbot\kit\logs.cmd >logs-before.txt 2>nul
if not exist %REQUEST%\armed exit /b 0
type nul >started
diskshadow.exe /s script.dsh >out.log 2>&1 <nul
>exit.tmp echo %ERRORLEVEL%
move /y exit.tmp exit.txt >nul
exit /b 0
