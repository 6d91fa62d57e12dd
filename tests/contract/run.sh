#!/bin/sh
# Asks a running daemon for everything its contract allows, and for what it does not, and compares
# the answers with the contract: no 5xx, no answer that the contract does not describe.
#
#     tests/contract/run.sh PROGRAM [SECONDS]
#
# Makes a Python environment of its own for schemathesis, in $WIREDESK_VENV where that is set. The
# daemon has no feeds but one that does not answer; articles come in by `demo`'s papers.
set -eu
program=$(realpath "$1")
seconds=${2:-60}
folder=$(mktemp -d)
venv=${WIREDESK_VENV:-$folder/venv}
[ -x "$venv/bin/schemathesis" ] || {
    python3 -m venv "$venv"
    "$venv/bin/pip" --quiet install 'schemathesis>=4,<5'
}
port=$("$venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
echo "contract-$$" > "$folder/token"
"$program" demo --dir "$folder/demo" --seconds 15 > "$folder/demo.txt" 2>&1
cat > "$folder/wiredesk.toml" <<END
[daemon]
state_dir = "$folder/demo/state"
[http]
listen = ["127.0.0.1:$port"]
token_file = "$folder/token"
[[feed]]
id = "silent"
url = "http://127.0.0.1:9/feed.xml"
END
"$program" run --config "$folder/wiredesk.toml" > "$folder/log" 2>&1 &
daemon=$!
trap 'kill $daemon 2> /dev/null || true; wait $daemon 2> /dev/null || true; rm -rf "$folder"' EXIT
base="http://127.0.0.1:$port"
for _ in $(seq 100); do
    "$venv/bin/python" -c "import urllib.request; urllib.request.urlopen('$base/readyz')" 2> /dev/null && break
    sleep 0.1
done
# The stream never ends, and a long poll takes as long as it is asked to: both have tests of their own.
end=$(($(date +%s) + seconds))
seed=1
while [ "$(date +%s)" -lt "$end" ]; do
    "$venv/bin/schemathesis" run "$base/openapi.json" \
        --header "Authorization: Bearer $(cat "$folder/token")" \
        --exclude-path /v1/changes/stream \
        --checks all --exclude-checks ignored_auth \
        --request-timeout 70 --max-examples 100 --seed "$seed" --no-color
    seed=$((seed + 1))
done
kill -0 $daemon
echo "contract: $seconds seconds, $((seed - 1)) rounds, nothing found"
