@echo off
rem Installs the vssbot node kit.  Usage, as an administrator:  install.cmd DOMAIN\account
rem The account is the one the bot logs on with over WinRM. It needs no administrator right:
rem it may leave requests and read results, nothing else. See docs/guides/node.md.
setlocal EnableExtensions DisableDelayedExpansion
set "ROOT=C:\vssbot"
set "TASK=\vssbot\run"
if "%~1"=="" (
  echo Usage: install.cmd DOMAIN\account
  exit /b 2
)
net session >nul 2>&1
if errorlevel 1 (
  echo Not installed: run this as an administrator.
  exit /b 5
)
if exist %ROOT%\ goto :check

md %ROOT%
if errorlevel 1 exit /b 3
call :guard %1
if errorlevel 1 goto :failed
rem Until the line above anybody could put something into the new folder.
dir /b /a %ROOT% 2>nul | findstr . >nul
if not errorlevel 1 (
  echo Not installed: somebody put something into %ROOT% while it was made. Remove it and run this again.
  exit /b 3
)
goto :fill

:check
rem Whoever made the folder could own the scripts that run as SYSTEM. So a folder that is already there
rem must be ours: not a link, owned by Administrators, no rights taken over from C:\. DIR /Q shows an
rem owner in the language of this Windows and cuts it off: compare with a folder made for that.
dir /b /al C:\ 2>nul | findstr /i /x vssbot >nul
if not errorlevel 1 (
  echo Not installed: %ROOT% is a link to another place. Remove it and run this again.
  exit /b 3
)
set "SAMPLE=%ProgramFiles%\vssbot-sample"
md "%SAMPLE%\vssbot"
icacls "%SAMPLE%\vssbot" /setowner *S-1-5-32-544 /q
if errorlevel 1 goto :failed
set "WANTED=unknown"
for /f "tokens=2 delims=>" %%A in ('dir /q /ad "%SAMPLE%" ^| findstr /i /e vssbot') do set "WANTED=%%A"
rd /s /q "%SAMPLE%"
dir /q /ad C:\ | findstr /i /e /l /c:"%WANTED%" >nul
if errorlevel 1 (
  echo Not installed: %ROOT% is already there and belongs to somebody else:
  dir /q /ad C:\ | findstr /i /e vssbot
  echo Look at what it holds, remove it, and run this again.
  exit /b 3
)
icacls %ROOT% | findstr /c:"(I)" >nul
if not errorlevel 1 (
  echo Not installed: %ROOT% is already there and has the rights of C:\, so it was not made by this script.
  echo Look at what it holds, remove it, and run this again.
  exit /b 3
)
set "BUSY="
for /d %%R in (%ROOT%\runs\*) do if not exist %%R\done if not exist %%R\gone set "BUSY=%%R"
if defined BUSY (
  echo Not installed: %BUSY% is still at work. Run this again when it holds a file named done.
  echo If the node was restarted since, start the task %TASK% once: it marks what was interrupted.
  exit /b 4
)
call :guard %1
if errorlevel 1 goto :failed

:fill
if exist %ROOT%\kit\ rd /s /q %ROOT%\kit
md %ROOT%\kit\volumes
if errorlevel 1 goto :failed
if not exist %ROOT%\requests\ md %ROOT%\requests
if not exist %ROOT%\runs\ md %ROOT%\runs
icacls %ROOT%\kit /grant "%~1:(OI)(CI)RX" /q
if errorlevel 1 goto :failed
rem The account makes request folders and may do as it likes in them, but not replace this one.
icacls %ROOT%\requests /reset /q
icacls %ROOT%\requests /grant "%~1:(RX,AD)" "%~1:(OI)(CI)(IO)M" /q
if errorlevel 1 goto :failed
icacls %ROOT%\runs /reset /q
icacls %ROOT%\runs /grant "%~1:(OI)(CI)RX" /q
if errorlevel 1 goto :failed
copy /y "%~dp0kit\*.*" %ROOT%\kit\
if errorlevel 1 goto :failed
copy /y "%~dp0kit\volumes\*.dsh" %ROOT%\kit\volumes\
if errorlevel 1 goto :failed
schtasks /create /tn %TASK% /xml "%~dp0task.xml" /f
if errorlevel 1 goto :failed
echo Installed. Volumes that %~1 may ask for on this node:
dir /b %ROOT%\kit\volumes
exit /b 0

:guard
rem S-1-5-18 is SYSTEM, S-1-5-32-544 Administrators: names differ by language, ids do not.
icacls %ROOT% /setowner *S-1-5-32-544 /q
if errorlevel 1 exit /b 1
icacls %ROOT% /inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F "%~1:RX" /q
exit /b

:failed
echo Not installed: the step above failed. Nothing was started.
exit /b 1
