#!/bin/sh
# Records what a server of Kubo's RPC answers, into test/fixtures/kubo. Installs it first (some 300 MB, by its own
# lockfile) into var/peers: under test/ the packages' own tests would be taken for ours.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
room=$here/../../var/peers
mkdir -p "$room" "$here/../fixtures/kubo"
cp "$here"/package.json "$here"/package-lock.json "$here"/*.mjs "$room"
cd "$room"
# The Node of this repository: the server knows no older one.
PATH=$here/../../node_modules/.bin:$PATH
[ -d node_modules ] || npm ci --ignore-scripts
node record.mjs "$here/../fixtures/kubo"
