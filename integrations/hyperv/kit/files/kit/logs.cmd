@echo off
rem Prints how many records each event log holds and which is the oldest.
for %%L in (Application System Microsoft-Windows-Hyper-V-VMMS-Admin Microsoft-Windows-Hyper-V-VMMS-Storage Microsoft-Windows-Hyper-V-Worker-Admin) do (
  echo log=%%L
  wevtutil gli %%L
)
exit /b 0
