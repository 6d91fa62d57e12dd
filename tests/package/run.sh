#!/bin/bash
# Builds the Debian package from a program at hand, installs it into a root of its own and looks at
# everything in it; starts it there by the unit's own commands, as a user without rights, and the
# container's likewise; checks the files for compose and Kubernetes.
#
#     tests/package/run.sh PROGRAM
#
# Needs Debian's tools, root (for chroot) and cargo-deb, which is installed where it is missing: a
# debug build without its own compressors, half a minute of one core.
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$(realpath "$1")
tmp=$(mktemp -d)
daemons=()
trap 'for pid in "${daemons[@]}"; do kill "$pid" 2> /dev/null || true; wait "$pid" 2> /dev/null || true; done; rm -rf "$tmp"' EXIT
chroot=$(type -P chroot)
step() { printf -- '-- %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

# Waits for a command to succeed.
await() {
  for _ in $(seq 300); do "$@" > "$tmp/await" 2>&1 && return; sleep 0.1; done
  cat "$tmp/await" >&2
  fail "waited in vain for: $*"
}

step "the package is built"
if ! cargo deb --version > /dev/null 2>&1; then
  tools=$PWD/target/tools
  CARGO_PROFILE_DEV_DEBUG=0 cargo install cargo-deb --version 3.8.0 --locked --debug --no-default-features --quiet --root "$tools"
  PATH=$tools/bin:$PATH
fi
package=$(DEB_FLAGS="--compress-type gz --fast" deploy/deb.sh "$program")
dpkg-deb --field "$package" Package Version Depends
[ "$(dpkg-deb --ctrl-tarfile "$package" | tar -xO ./conffiles)" = /etc/wiredesk/wiredesk.toml ] || fail "no conffile"

step "it is installed into a root of its own, upgraded, and what was edited stays"
root=$tmp/root
mkdir -p "$root/var/lib/dpkg/updates" "$root/var/lib/dpkg/info" "$tmp/stub"
: > "$root/var/lib/dpkg/status"
# The machine's own systemd has no part in this.
for name in systemctl deb-systemd-invoke; do printf '#!/bin/sh\n' > "$tmp/stub/$name"; chmod +x "$tmp/stub/$name"; done
into_root() { PATH=$tmp/stub:$PATH dpkg --root="$root" --force-script-chrootless --force-depends "$@" > "$tmp/dpkg" 2>&1 || { cat "$tmp/dpkg" >&2; fail "dpkg $*"; }; }
into_root --install "$package"
conf=$root/etc/wiredesk/wiredesk.toml
echo '# edited' >> "$conf"
into_root --install "$package"
grep -q '^# edited$' "$conf" || fail "an upgrade overwrote the configuration"
for unit in wiredesk.service wiredesk.socket; do
  [ -e "$root/usr/lib/systemd/system/$unit" ] || fail "no $unit"
done
# Nothing is started or enabled by itself.
[ -z "$(find "$root/etc/systemd" -type l 2> /dev/null)" ] || fail "the unit is enabled"

step "the installed program runs"
"$root/usr/bin/wiredesk" version
"$root/usr/bin/wiredesk" check --config "$conf" | grep 'good; 4 feeds'
"$root/usr/bin/wiredesk" demo --seconds 8 --dir "$tmp/demo" > "$tmp/shown" 2> "$tmp/complaints"
[ ! -s "$tmp/complaints" ] || { cat "$tmp/complaints" >&2; fail "the demonstration complains"; }
grep -A 1 '^── new' "$tmp/shown" | head -n 2
[ "$(grep -c '^── new' "$tmp/shown")" -ge 3 ] || fail "the demonstration showed fewer than three articles"

step "man pages render, completions complete"
for page in "$root"/usr/share/man/man1/*.1.gz; do
  zcat "$page" | groff -man -Kutf8 -Tutf8 -P-cbou -ww > "$tmp/page" 2> "$tmp/complaints"
  [ ! -s "$tmp/complaints" ] || { cat "$tmp/complaints" >&2; fail "$page"; }
  grep -q SYNOPSIS "$tmp/page" || fail "$page has no synopsis"
done
echo "$(ls "$root"/usr/share/man/man1 | wc -l) pages"
completed=$(bash -c '. "$1"; COMP_WORDS=(wiredesk sea); COMP_CWORD=1; _wiredesk wiredesk sea wiredesk; echo "${COMPREPLY[@]}"' \
  bash "$root/usr/share/bash-completion/completions/wiredesk")
[ "$completed" = search ] || fail "completion of 'sea': $completed"

step "the unit is sound and hardly exposed"
unit=$root/usr/lib/systemd/system/wiredesk.service
if command -v systemd-analyze > /dev/null; then
  # Its own commands have to be there; the targets of the machine are not in this root.
  systemd-analyze --root="$root" --recursive-errors=no verify "$unit" "${unit%.service}.socket" 2>&1 | tee "$tmp/verify"
  ! grep -q 'wiredesk\.s' "$tmp/verify" || fail "systemd complains of the unit"
  systemd-analyze security --offline=true --threshold=12 "$unit" | tail -n 1
fi

# Puts into a root the libraries that the program needs, and nothing else: a root without shell,
# users and names.
bare() {
  ldd "$1/$2" | grep -o '/[^ ]*' | while read -r library; do
    mkdir -p "$1/$(dirname "$library")"
    cp --dereference "$library" "$1/$library"
  done
}

step "the unit's commands do as they stand, without rights"
bare "$root" usr/bin/wiredesk
mkdir -p "$root/tmp"
unit_command() { sed -n "s/^$1=//p" "$unit" | head -n 1; }
# As the unit gives it: a user without name and capabilities, two folders, a socket for readiness.
install -d -o 61184 -g 61184 -m 0750 "$root/var/lib/wiredesk" "$root/run/wiredesk"
# Arrays, not functions: what is started with & must be the program itself, to be sent signals.
as_service=(env -i STATE_DIRECTORY=/var/lib/wiredesk RUNTIME_DIRECTORY=/run/wiredesk NOTIFY_SOCKET=/run/notify
  "$chroot" --userspec=61184:61184 --groups= "$root")
cat > "$tmp/notified.py" <<'END'
import os, socket, sys
line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
line.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
line.settimeout(60)
said = b""
while b"READY=1" not in said:
    said = line.recv(4096)
print(said.decode().split("\n"))
while b"STOPPING=1" not in said:
    said = line.recv(4096)
END
python3 "$tmp/notified.py" "$root/run/notify" > "$tmp/notified" &
daemons+=($!)
await test -S "$root/run/notify"
# shellcheck disable=SC2046
"${as_service[@]}" $(unit_command ExecStartPre) | grep good
"${as_service[@]}" $(unit_command ExecStart) > "$tmp/log" 2>&1 &
service=$!
daemons+=("$service")
await grep -q READY=1 "$tmp/notified"
cat "$tmp/notified"
env -i "$chroot" "$root" /usr/bin/wiredesk health --config /etc/wiredesk/wiredesk.toml
env -i "$chroot" "$root" /usr/bin/wiredesk feed list --config /etc/wiredesk/wiredesk.toml | grep -c '"id"' | grep -qx 4 || fail "feeds"
kill -HUP "$service"
kill -TERM "$service"
wait "$service" || { cat "$tmp/log" >&2; fail "the service ended with $?"; }
wait "${daemons[0]}" || fail "systemd would not have been told of the end"
daemons=()

step "the container's commands do as they stand, in a root with the program alone"
image=$tmp/image
mkdir -p "$image/etc/wiredesk" "$image/tmp"
cp "$root/usr/bin/wiredesk" config/wiredesk.toml "$image"
mv "$image/wiredesk.toml" "$image/etc/wiredesk/"
bare "$image" wiredesk
install -d -o 65532 -g 65532 "$image/var/lib/wiredesk" "$image/run/wiredesk"
# The words of an instruction in its exec form.
words() { sed -e ':a' -e '/\\$/N; s/\\\n *//; ta' deploy/Containerfile | sed -n "s/^$1 \(.*CMD \)\?\[/[/p" | jq -r '.[]'; }
mapfile -t start < <(words ENTRYPOINT; words CMD)
mapfile -t health < <(words HEALTHCHECK)
in_image=(env -i "$chroot" --userspec=65532:65532 --groups= "$image")
echo "${start[*]}; ${health[*]}"
! "${in_image[@]}" "${health[@]}" 2> /dev/null || fail "health is fine without a daemon"
"${in_image[@]}" "${start[@]}" > "$tmp/log" 2>&1 &
service=$!
daemons=("$service")
await "${in_image[@]}" "${health[@]}"
kill -TERM "$service"
wait "$service" || { cat "$tmp/log" >&2; fail "the container ended with $?"; }
daemons=()

step "the files for compose and Kubernetes are valid, and their configuration is understood"
venv=$PWD/target/tmp/manifests
if ! cmp -s tests/package/requirements.txt "$venv/done"; then
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet -r tests/package/requirements.txt
  cp tests/package/requirements.txt "$venv/done"
fi
"$venv/bin/check-jsonschema" --builtin-schema vendor.compose-spec deploy/compose.yaml
"$venv/bin/kubernetes-validate" --strict --quiet deploy/kubernetes.yaml
echo token > "$tmp/token"
"$venv/bin/python" - "$tmp" <<'END'
import json, sys, yaml
tmp = sys.argv[1]
compose = yaml.safe_load(open("deploy/compose.yaml"))["services"]["wiredesk"]
pod = list(yaml.safe_load_all(open("deploy/kubernetes.yaml")))
text = pod[0]["data"]["wiredesk.toml"].replace("/etc/wiredesk-secrets", tmp)
open(f"{tmp}/kubernetes.toml", "w").write(text)
environment = compose["environment"] | {"WIREDESK__HTTP__TOKEN_FILE": f"{tmp}/token"}
open(f"{tmp}/compose.env", "w").write("".join(f"{k}={v}\0" for k, v in environment.items()))
# What the container's file says about health, compose says too.
lines = open("deploy/Containerfile").read().replace("\\\n", "").splitlines()
health = next(line for line in lines if line.startswith("HEALTHCHECK")).split("CMD ", 1)[1]
assert compose["healthcheck"]["test"] == ["CMD", *json.loads(health)], health
END
"$program" check --config "$tmp/kubernetes.toml" | grep good
mapfile -d '' -t environment < "$tmp/compose.env"
env "${environment[@]}" "$program" check --config config/wiredesk.toml | grep good

step "it is removed; the state stays"
into_root --purge wiredesk
[ ! -e "$root/usr/bin/wiredesk" ] || fail "the program stays"
[ ! -e "$conf" ] || fail "the configuration stays"
[ -d "$root/var/lib/wiredesk/archive" ] || fail "the archive is gone"
echo "1 passed, 0 failed"
