@echo off
rem Run by DiskShadow just before CREATE. A cancel and this script race for one rename: the loser
rem finds no file. When this fails, DiskShadow quits and no shadow copy is made.
ren C:\vssbot\requests\%RUN_ID%\armed committed 2>nul
if not exist C:\vssbot\requests\%RUN_ID%\committed exit /b 1
type nul >C:\vssbot\runs\%RUN_ID%\gate
exit /b 0
