@echo off
rem Removes the vssbot node kit: its task, scripts and requests. Results in C:\vssbot\runs stay.
setlocal EnableExtensions DisableDelayedExpansion
net session >nul 2>&1
if errorlevel 1 (
  echo Not removed: run this as an administrator.
  exit /b 5
)
set "BUSY="
for /d %%R in (C:\vssbot\runs\*) do if not exist %%R\done if not exist %%R\gone set "BUSY=%%R"
if defined BUSY (
  echo Not removed: %BUSY% is still at work. Run this again when it holds a file named done.
  echo If the node was restarted since, start the task \vssbot\run once: it marks what was interrupted.
  exit /b 4
)
schtasks /delete /tn \vssbot\run /f
rd /s /q C:\vssbot\kit
rd /s /q C:\vssbot\requests
echo Removed. Results are still in C:\vssbot\runs.
exit /b 0
