@echo off
rem Critical events, errors and warnings of the last four hours, newest first, as XML. Runs in the run's folder.
for %%L in (Application System Microsoft-Windows-Hyper-V-VMMS-Admin Microsoft-Windows-Hyper-V-VMMS-Storage Microsoft-Windows-Hyper-V-Worker-Admin) do (
  wevtutil qe %%L /f:xml /rd:true /c:2000 "/q:*[System[(Level=1 or Level=2 or Level=3) and TimeCreated[timediff(@SystemTime) <= 14400000]]]" >events-%%L.xml 2>events-%%L.err
)
call C:\vssbot\kit\logs.cmd >logs-after.txt 2>nul
exit /b 0
