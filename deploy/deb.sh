#!/bin/sh
# Builds the Debian package and prints where it lies.
#
#     deploy/deb.sh [PROGRAM]
#
# PROGRAM is a wiredesk that is built already; without one it is built by the profile `dist`. Man
# pages and completions are written by the program itself. Needs cargo-deb (cargo install cargo-deb
# --locked) and, for the list of libraries that the package depends on, dpkg-dev.
set -eu
cd "$(dirname "$0")/.."
if [ $# -gt 0 ]; then
    program=$1
else
    cargo build --locked --profile dist >&2
    program=target/dist/wiredesk
fi
stage=target/package
rm -rf "$stage"
mkdir -p "$stage/target/release"
# A link would let `strip` reach the program itself.
cp "$program" "$stage/target/release/wiredesk"
"$program" man "$stage/man"
for shell in bash zsh fish; do
    "$program" completion "$shell" > "$stage/wiredesk.$shell"
done
# A folder of its own for cargo's results: the program at hand passes for the one that was built.
CARGO_TARGET_DIR=$stage/target cargo deb --quiet --no-build --strip --no-separate-debug-symbols \
    --compress-system ${DEB_FLAGS:-} --output "$stage/" >&2
ls "$PWD/$stage"/*.deb
