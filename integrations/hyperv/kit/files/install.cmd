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

rem Whoever made the folder first would own the scripts that run as SYSTEM. So a folder that is
rem already there must be a plain folder with the owner that a new one would get. DIR /Q shows an
rem owner in the language of this Windows: compare it with that of a folder made now.
if not exist %ROOT%\ goto :make
dir /b /al C:\ 2>nul | findstr /i /x vssbot >nul
if not errorlevel 1 (
  echo Not installed: %ROOT% is a link to another place. Remove it and run this again.
  exit /b 3
)
set "SAMPLE=%SystemRoot%\Temp\vssbot-%RANDOM%%RANDOM%"
md "%SAMPLE%\vssbot"
if errorlevel 1 exit /b 3
set "WANTED="
set "FOUND="
for /f "tokens=2 delims=>" %%A in ('dir /q /ad "%SAMPLE%" ^| findstr /i /e /c:" vssbot"') do set "WANTED=%%A"
for /f "tokens=2 delims=>" %%A in ('dir /q /ad C:\ ^| findstr /i /e /c:" vssbot"') do set "FOUND=%%A"
rd /s /q "%SAMPLE%"
if not defined FOUND set "FOUND=unknown"
if /i not "%FOUND%"=="%WANTED%" (
  echo Not installed: %ROOT% is already there and belongs to:%FOUND%
  echo Look at what it holds, remove it, and run this again.
  exit /b 3
)
goto :rights

:make
md %ROOT%
if errorlevel 1 exit /b 3

:rights
if not exist %ROOT%\kit\volumes\ md %ROOT%\kit\volumes
if not exist %ROOT%\requests\ md %ROOT%\requests
if not exist %ROOT%\runs\ md %ROOT%\runs
rem S-1-5-18 is SYSTEM, S-1-5-32-544 Administrators: names differ by language, ids do not.
icacls %ROOT% /inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F "%~1:RX" /q
if errorlevel 1 goto :failed
icacls %ROOT%\kit /grant:r "%~1:(OI)(CI)RX" /q
if errorlevel 1 goto :failed
icacls %ROOT%\requests /grant:r "%~1:(OI)(CI)M" /q
if errorlevel 1 goto :failed
icacls %ROOT%\runs /grant:r "%~1:(OI)(CI)RX" /q
if errorlevel 1 goto :failed

del /q %ROOT%\kit\volumes\*.dsh 2>nul
copy /y "%~dp0kit\*.*" %ROOT%\kit\
if errorlevel 1 goto :failed
copy /y "%~dp0kit\volumes\*.dsh" %ROOT%\kit\volumes\
if errorlevel 1 goto :failed
schtasks /create /tn %TASK% /xml "%~dp0task.xml" /f
if errorlevel 1 goto :failed
echo Installed. Volumes that %~1 may ask for on this node:
dir /b %ROOT%\kit\volumes
exit /b 0

:failed
echo Not installed: the step above failed. Nothing was started.
exit /b 1
