#!/usr/bin/env bash
# Builds the execution environment from this checkout, with podman, and nothing from an image registry: the base comes from Debian packages.
#
#   execution-environment/build.sh [IMAGE]
#
# It needs podman, mmdebstrap, ansible-builder 3 and ansible-galaxy. What ansible-builder is to hand on to podman, for example the files that lead
# to a package mirror, goes into BUILD_ARGUMENTS:
#   BUILD_ARGUMENTS="--network host --volume /etc/pip.conf:/etc/pip.conf:ro"
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

image=${1:-localhost/panos_vpn_ee:latest}
base=localhost/panos_vpn_base:bookworm
inputs=_inputs

for program in podman mmdebstrap ansible-builder ansible-galaxy; do
    command -v "$program" >/dev/null || { echo "build.sh: $program is not installed" >&2; exit 1; }
done

rm -rf "$inputs"
mkdir "$inputs"
trap 'rm -rf "$inputs" context' EXIT
ansible-galaxy collection build --force --output-path "$inputs" ..
mv "$inputs"/tunnelsmith-panos_vpn-*.tar.gz "$inputs/tunnelsmith-panos_vpn.tar.gz"

if ! podman image exists "$base"; then
    mmdebstrap --variant=minbase --include=python3,python3-venv,python3-pip,ca-certificates,openssh-client,git bookworm "$inputs/rootfs.tar"
    podman import "$inputs/rootfs.tar" "$base"
    rm "$inputs/rootfs.tar"
fi

ansible-builder build --verbosity 2 --container-runtime podman --file execution-environment.yml --context context --tag "$image" \
    ${BUILD_ARGUMENTS:+--extra-build-cli-args="$BUILD_ARGUMENTS"}
podman image inspect --format 'Built {{index .RepoTags 0}}, {{.Size}} bytes' "$image"
