# The same as ./start, for Windows: makes .venv with Python 3.11, installs, and runs the program or the tests.
#   .\start.ps1                 the window            .\start.ps1 lift VIDEO -o out    the command line
#   .\start.ps1 test [ARGS]     the tests             .\start.ps1 --reinstall          make the environment anew
$ErrorActionPreference = "Stop"
$script = Get-Item -LiteralPath $MyInvocation.MyCommand.Path
while ($script.LinkType) {  # called by a link
    $target = @($script.Target)[0]
    if (-not [System.IO.Path]::IsPathRooted($target)) { $target = Join-Path $script.DirectoryName $target }
    $script = Get-Item -LiteralPath $target
}
$here = $script.DirectoryName
$venv = if ($env:HOURGLASS_VENV) { $env:HOURGLASS_VENV } else { Join-Path $here ".venv" }
$python = Join-Path $venv "Scripts\python.exe"
$extras = "gui,mmpose,lsl"

function Find-Python {
    foreach ($candidate in @(@("py", "-3.11"), @("python3.11"), @("python"))) {
        if (-not (Get-Command $candidate[0] -ErrorAction SilentlyContinue)) { continue }
        $extra = @($candidate | Select-Object -Skip 1)
        & $candidate[0] @extra -c "import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))" 2>$null
        if ($LASTEXITCODE -eq 0) { return , $candidate }
    }
    Write-Host "Python 3.11 was not found. Get it from python.org or with: winget install Python.Python.3.11"
    exit 2
}

function Get-Wanted {
    $text = ("pyproject.toml", "constraints.txt", "start.ps1" | ForEach-Object { Get-Content -Raw (Join-Path $here $_) }) -join ""
    $bytes = [System.Security.Cryptography.SHA256]::Create().ComputeHash([System.Text.Encoding]::UTF8.GetBytes($text))
    return [System.BitConverter]::ToString($bytes)
}

function Invoke-Pip { & $python -m pip --disable-pip-version-check -q @args; if ($LASTEXITCODE -ne 0) { exit 1 } }

function Install-Environment([string]$markName, [string]$extras) {
    $mark = Join-Path $venv $markName
    if ((Test-Path $python) -and (Test-Path $mark) -and ((Get-Content -Raw $mark).Trim() -eq (Get-Wanted))) { return }
    if (-not (Test-Path $python)) {
        $base = Find-Python
        $extra = @($base | Select-Object -Skip 1)
        & $base[0] @extra -m venv $venv
    }
    Write-Host "Installing (some minutes, once) ..."
    $constraints = Join-Path $here "constraints.txt"
    # chumpy, which mmpose asks for, imports pip while it is built: hence no build isolation, with its tools put in first.
    Invoke-Pip install -c $constraints setuptools wheel
    # -e: `import hourglass` in this environment is the checkout, never a copy of it from the day of the installation.
    Invoke-Pip install -c $constraints --no-build-isolation -e "$here[$extras]"
    # Only the sample video inside this package is used: without its many dependencies.
    Invoke-Pip install --no-deps sports2d==0.8.34
    # 28 MB: the more precise of the two embedded detectors. Without it, files get the other one.
    if (Get-Command npm -ErrorAction SilentlyContinue) {
        & $python (Join-Path $here "main.py") models download mediapipe-heavy --from npm | Out-Null
        if ($LASTEXITCODE -ne 0) {
            Write-Host "BlazePose heavy could not be fetched; later: .\start.ps1 models download mediapipe-heavy"
        }
    }
    Get-Wanted | Set-Content $mark
}

$command = if ($args.Count -gt 0) { $args[0] } else { "" }
switch ($command) {
    "--reinstall" { if (Test-Path $venv) { Remove-Item -Recurse -Force $venv }; Install-Environment ".installed" $extras }
    "test" {
        Install-Environment ".installed-test" "$extras,test"
        Set-Location $here
        & $python -m pytest @($args | Select-Object -Skip 1)
        exit $LASTEXITCODE
    }
    default {
        Install-Environment ".installed" $extras
        & $python (Join-Path $here "main.py") @args
        exit $LASTEXITCODE
    }
}
