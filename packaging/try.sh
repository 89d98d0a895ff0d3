#!/bin/sh
# Tries packaging/install.sh as the Dockerfile does: in an empty folder, as a user with no rights.
# Prints one line for each thing that was seen to work; anything else ends it.
set -eu
if [ "$(id -u)" = 0 ]; then
  empty=$(mktemp -d)
  trap 'rm -r "$empty"' EXIT
  cd "$(dirname "$0")/.."
  mkdir "$empty/source"
  git ls-files -z --cached --others --exclude-standard -- pyproject.toml README.md LICENSE requirements-runtime.lock packaging bot handlers integrations \
    | tar --create --null --files-from - | tar --extract --directory "$empty/source"
  chown -R nobody "$empty"
  su -s /bin/sh nobody -c "HOME='$empty' sh '$empty/source/packaging/try.sh'"
  exit
fi

cd "$HOME"
sh source/packaging/install.sh bot-only
vssbot=$HOME/bot-only/bin/vssbot
mkdir elsewhere && cd elsewhere # so that nothing is found by lying beside us
echo "installed by $(id -un) with $("$HOME/bot-only/bin/python" --version)"

if "$HOME/bot-only/bin/python" -c 'import sandbox' 2> /dev/null; then
  echo "the installed bot holds a sandbox" >&2
  exit 1
fi
echo "no sandbox in it"
"$vssbot" --help > /dev/null
"$vssbot" explain 0x80042306 > explained
"$vssbot" manifest > manifest.json
echo "help, explain and manifest answer"

sed "s/:8472/:0/" "$HOME/source/packaging/example.toml" > vssbot.toml
"$vssbot" kit --output kit.zip
"$HOME/bot-only/bin/python" -m zipfile --list kit.zip | grep -q 'kit/volumes/volume1.dsh'
echo "the kit is in it"
code=0
"$vssbot" serve 2> faults || code=$?
[ "$code" = 3 ] && grep -q VSSBOT_SLACK_BOT_TOKEN faults
echo "without secrets it names them and ends with 3"

export VSSBOT_SLACK_BOT_TOKEN=none VSSBOT_SLACK_APP_TOKEN=none VSSBOT_NODE_USER=none VSSBOT_NODE_PASSWORD=none
export VSSBOT_ARRAY_ARRAY1_TOKEN=none VSSBOT_SLACK_API_URL=http://127.0.0.1:9/
"$vssbot" serve 2> log &
pid=$!
tries=0
until [ -s vssbot.health ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 150 ] || { cat log >&2; exit 1; }
  sleep 0.2
done
code=0
"$vssbot" health > health.json || code=$?
kill "$pid"
wait "$pid"
[ "$code" = 5 ] && grep -q '"store": "ok"' health.json
echo "it starts, makes its store, says that Slack is not there, and stops when told"
