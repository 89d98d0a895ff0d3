@echo off
rem Run by DiskShadow after CREATE: keeps the ids of the shadow copy set, which DiskShadow has put into
rem the environment. Must not fail: DiskShadow would leave out END BACKUP.
>C:\vssbot\runs\%RUN_ID%\created.tmp set VSS_SHADOW_SET
>>C:\vssbot\runs\%RUN_ID%\created.tmp set vssbot_
move /y C:\vssbot\runs\%RUN_ID%\created.tmp C:\vssbot\runs\%RUN_ID%\created.txt >nul 2>nul
exit /b 0
