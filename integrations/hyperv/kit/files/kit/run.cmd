@echo off
rem The task \vssbot\run, as SYSTEM, one instance at a time. Goes through C:\vssbot\requests and does
rem what is wanted. A request is a folder: its name is the run's id, the files in it are empty. Only
rem names cross the border: nothing that the bot writes is read, echoed, expanded or executed here.
setlocal EnableExtensions DisableDelayedExpansion
set "PATH=%SystemRoot%\System32;%SystemRoot%;%SystemRoot%\System32\Wbem;%SystemRoot%\System32\WindowsPowerShell\v1.0"
cd /d C:\vssbot
if errorlevel 1 exit /b 1

rem Whoever may leave requests may give them any name. What FOR puts in for %%R is not read as a command
rem any more, in a file or in quotes it is harmless. Only a name that passed the check below is used bare.
for /d %%R in (requests\*) do (
  >runs\name.txt echo x%%~nxR
  set "NAME=%%~nxR"
  call :look
)
if exist runs\name.txt del runs\name.txt
exit /b 0

:look
rem FOR /F has every allowed character as a delimiter, so that it finds something only in a name that holds
rem another one. The x in front, and an end-of-line character that is itself a delimiter, keep a first
rem character from hiding the rest.
set "SAFE=1"
for /f "usebackq eol=a delims=abcdefghijklmnopqrstuvwxyz0123456789-" %%X in ("runs\name.txt") do if not "%%X"=="" set "SAFE="
if not defined SAFE exit /b 0
rem The file is not Unicode: letters of other alphabets may have become plain ones in it. What came back must
rem be the name itself, and not longer than any id of ours.
for /f "usebackq delims=" %%X in ("runs\name.txt") do set "READ=%%X"
if not "%READ:~0,101%"=="x%NAME%" exit /b 0
if exist runs\%NAME%\done exit /b 0
rem Claimed and not done, although only one instance runs: the instance that claimed it is gone.
if exist runs\%NAME%\ (
  type nul >runs\%NAME%\gone
  exit /b 0
)
if not exist requests\%NAME%\armed exit /b 0
rem MD is the claim: it fails if the folder is there.
md runs\%NAME%
if errorlevel 1 exit /b 0
set "RUN_ID=%NAME%"
set "RUN=C:\vssbot\runs\%NAME%"
set "REQUEST=C:\vssbot\requests\%NAME%"
set "WANT=C:\vssbot\requests\%NAME%\want"
set "TEMP=%RUN%"
set "TMP=%RUN%"
cd /d %RUN%
if errorlevel 1 exit /b 0
copy /y C:\vssbot\kit\version.txt version.txt >nul
if exist %WANT%\probe call C:\vssbot\kit\probe.cmd
if exist %WANT%\writers vssadmin list writers >writers.txt 2>&1 <nul
call :backup
if exist %WANT%\events call C:\vssbot\kit\events.cmd
type nul >done
cd /d C:\vssbot
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
