@echo off
rem Removes the vssbot node kit: its task, scripts and requests. Results in C:\vssbot\runs stay.
setlocal EnableExtensions DisableDelayedExpansion
net session >nul 2>&1
if errorlevel 1 (
  echo Not removed: run this as an administrator.
  exit /b 5
)
schtasks /delete /tn \vssbot\run /f
rd /s /q C:\vssbot\kit
rd /s /q C:\vssbot\requests
echo Removed. Results are still in C:\vssbot\runs.
exit /b 0
