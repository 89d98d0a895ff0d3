@echo off
rem Run by DiskShadow after END BACKUP.
type nul >C:\vssbot\runs\%RUN_ID%\ended
exit /b 0
