@echo off
rem Starts Hourglass by a double click; a video that is dropped on this file is opened.
powershell -NoProfile -ExecutionPolicy Bypass -File "%~dp0..\..\start.ps1" %*
if errorlevel 1 pause
