#!/bin/sh
# Puts Hourglass into the menu of applications of this user, for this checkout.
#   launchers/linux/install.sh            install, or update after the folder was moved
#   launchers/linux/install.sh --remove   take it out again
set -eu
folder=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
here=$(CDPATH='' cd -- "$folder/../.." && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$data/applications/hourglass-pose.desktop
icon=$data/icons/hicolor/scalable/apps/hourglass-pose.svg
kind=$data/mime/packages/hourglass-pose3d.xml

refresh() {  # menus read caches, where the desktop has them
  if command -v update-desktop-database >/dev/null; then update-desktop-database -q "$data/applications" || true; fi
  if command -v update-mime-database >/dev/null; then update-mime-database "$data/mime" || true; fi
}

if [ "${1:-}" = --remove ]; then
  rm -f "$entry" "$icon" "$kind"
  refresh
  echo "Hourglass is no longer in the menu of applications."
  exit 0
fi

case "$here" in
  *[\"\\\`\$%]*) echo "The path $here has a character that menu entries cannot hold. Move the folder." >&2; exit 2 ;;
esac
mark=${HOURGLASS_VENV:-$here/.venv}/.installed
if [ ! -f "$mark" ] && [ "${HOURGLASS_SKIP_INSTALL:-}" != 1 ]; then  # a click would install for minutes without a word
  "$here/start" --reinstall
fi
mkdir -p "$data/applications" "$(dirname -- "$icon")" "$(dirname -- "$kind")"
path=$(printf '%s' "$here" | sed 's/[&|]/\\&/g')
sed "s|@HERE@|$path|" "$folder/hourglass.desktop" > "$entry.new"
mv "$entry.new" "$entry"
cp "$folder/pose3d.xml" "$kind"
python3 "$folder/../make_icon.py" "$icon" 2>/dev/null || cp "$here/assets/icons/logo.svg" "$icon"
refresh
echo "Hourglass is in the menu of applications."
