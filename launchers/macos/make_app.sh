#!/bin/bash
# Makes Hourglass.app, which starts this checkout.
#   launchers/macos/make_app.sh [FOLDER]    FOLDER: where to put it, ~/Applications if not given
set -eu
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
target=${1:-$HOME/Applications}
app=$target/Hourglass.app
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$here/pyproject.toml" | head -n 1)

mkdir -p "$target"
new=$(mktemp -d "$target/.hourglass.XXXXXX")
trap 'rm -rf "$new"' EXIT
mkdir -p "$new/Contents/MacOS" "$new/Contents/Resources"

cat > "$new/Contents/Info.plist" <<PLIST
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>CFBundleName</key><string>Hourglass</string>
  <key>CFBundleDisplayName</key><string>Hourglass</string>
  <key>CFBundleIdentifier</key><string>org.hourglass-pose.hourglass</string>
  <key>CFBundleVersion</key><string>$version</string>
  <key>CFBundleShortVersionString</key><string>$version</string>
  <key>CFBundlePackageType</key><string>APPL</string>
  <key>CFBundleExecutable</key><string>hourglass</string>
  <key>CFBundleIconFile</key><string>hourglass</string>
  <key>LSMinimumSystemVersion</key><string>12.0</string>
  <key>NSHighResolutionCapable</key><true/>
  <key>NSCameraUsageDescription</key><string>Hourglass lifts the people in front of a camera to 3D, on this computer.</string>
</dict>
</plist>
PLIST

# The path is data of the launcher, quoted for the shell: it may hold spaces and quotes.
{
  echo '#!/bin/bash'
  printf 'here=%q\n' "$here"
  cat <<'LAUNCHER'
if [ ! -x "$here/start" ]; then
  osascript -e 'display alert "Hourglass was moved" message "Run launchers/macos/make_app.sh in its folder again."'
  exit 1
fi
if [ ! -f "${HOURGLASS_VENV:-$here/.venv}/.installed" ]; then  # the first start takes minutes: a terminal shows them
  exec open -a Terminal "$here/start"
fi
exec "$here/start" "$@"
LAUNCHER
} > "$new/Contents/MacOS/hourglass"
chmod +x "$new/Contents/MacOS/hourglass"

python=${HOURGLASS_VENV:-$here/.venv}/bin/python
if [ -x "$python" ]; then
  "$python" "$here/launchers/make_icon.py" "$new/Contents/Resources/hourglass.icns" || echo "The app has no icon." >&2
fi
chmod 755 "$new"
rm -rf "$app"
mv "$new" "$app"
trap - EXIT
echo "Made $app"
