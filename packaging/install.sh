#!/bin/sh
# Installs the bot, and nothing else, into a new virtual environment:  packaging/install.sh FOLDER [PYTHON]
# Needs no root, and only to read the folder it lies in. The Dockerfile and CI run this same file.
set -eu
if [ $# -lt 1 ]; then
  echo "usage: packaging/install.sh FOLDER [PYTHON]" >&2
  exit 2
fi
source=$(cd "$(dirname "$0")/.." && pwd)
folder=$1
python=${2:-python3}

"$python" -m venv "$folder"
pip() {
  "$folder/bin/python" -m pip --quiet --disable-pip-version-check --no-cache-dir "$@"
}

# Every file that comes from outside is held against its hash; setuptools goes first, because purestorage
# comes as source and would otherwise be built by whichever setuptools the index offers.
awk '/^setuptools==/ { on = 1 } on { print } on && !/\\$/ { exit }' "$source/requirements-runtime.lock" > "$folder/first"
pip install --require-hashes -r "$folder/first"
pip install --require-hashes --no-build-isolation -r "$source/requirements-runtime.lock"

# Built from a copy: a build leaves files behind, and the source may be read-only.
copy=$(mktemp -d)
trap 'rm -r "$copy"' EXIT
cp -R "$source/pyproject.toml" "$source/README.md" "$source/LICENSE" \
  "$source/bot" "$source/handlers" "$source/integrations" "$copy/"
pip install --no-deps --no-build-isolation "$copy"
pip check
