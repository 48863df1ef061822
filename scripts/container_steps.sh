#!/usr/bin/env bash
# The steps of the Dockerfile on this machine, where there is no Docker: build the client from a clean
# copy, build the wheel, install it into a virtual environment of its own, run `neurox serve` (as the
# user nobody if we are root), ask for its health, its page and its projects, and end it. Needs the
# registries, as a build of the image does. Usage: scripts/container_steps.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."

work=${1:-$(mktemp -d)}
mkdir -p "$work/src" "$work/workspace"
server=
cleanup() {
  [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
  [ $# -eq 0 ] && rm -rf "$work"
  return 0
}
trap 'cleanup' EXIT
chmod 755 "$work"

echo "1. Copy what the build stages copy"
sed -n 's/^COPY \([^-].*\)$/\1/p' Dockerfile | while read -r -a words; do
  for path in "${words[@]::${#words[@]}-1}"; do
    git ls-files --cached --others --exclude-standard -z -- "$path" | xargs -0 -r cp --parents -t "$work/src"
  done
done

echo "2. Build the client"
(cd "$work/src" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error && npm run --silent build)

echo "3. Build the wheel and install it"
python3 -m venv "$work/build"
"$work/build/bin/pip" install -q --disable-pip-version-check -c constraints.txt build setuptools wheel
(cd "$work/src" && "$work/build/bin/python" -m build --wheel --no-isolation --outdir "$work/dist" . >"$work/build.log" 2>&1) ||
  { tail -20 "$work/build.log"; exit 1; }
python3 -m venv "$work/neurox"
"$work/neurox/bin/pip" install -q --disable-pip-version-check -c constraints.txt "$work"/dist/*.whl
ls -l "$work"/dist

echo "4. Run the server as a user without rights"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
drop=()
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
  chown -R 65534:65534 "$work/workspace"
  drop=(setpriv --reuid 65534 --regid 65534 --clear-groups)
fi
cd "$work/workspace"
# As in the container: on all addresses, hence with a token.
export NEUROX_TOKEN=container-steps-token NEUROX_WORKSPACE="$work/workspace" HOME="$work/workspace"
"${drop[@]}" "$work/neurox/bin/neurox" serve --host 0.0.0.0 --port "$port" >"$work/serve.log" 2>&1 &
server=$!
for _ in $(seq 300); do
  curl -fsS -o /dev/null "http://127.0.0.1:$port/healthz" 2>/dev/null && break
  kill -0 "$server" 2>/dev/null || { cat "$work/serve.log"; exit 1; }
  sleep 0.2
done

echo "5. Ask it"
curl -fsS "http://127.0.0.1:$port/healthz"; echo
token="Authorization: Bearer $NEUROX_TOKEN"
curl -fsS -H "$token" "http://127.0.0.1:$port/" | grep -i '<!doctype html' || { echo "No page."; exit 1; }
status=$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/api/v1/projects")
[ "$status" = 401 ] || { echo "Without a token the answer is $status, not 401."; exit 1; }
curl -fsS -H "$token" "http://127.0.0.1:$port/api/v1/projects"; echo
echo "All steps passed."
