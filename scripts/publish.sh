#!/usr/bin/env bash
# Publishes the image and the chart of this version to a registry, and says what it has published. Needs Docker with Buildx,
# Helm, and `npm ci` before. Doing it twice is harmless.
#   REGISTRY           ghcr.io/<owner>
#   REGISTRY_USER
#   REGISTRY_PASSWORD
#   REVISION           the commit
#   GITHUB_OUTPUT      where GitHub reads what later steps sign; without it, the same goes to stdout
set -euo pipefail
cd "$(dirname "$0")/.."

: "${REGISTRY:?must be set}" "${REGISTRY_USER:?must be set}" "${REGISTRY_PASSWORD:?must be set}" "${REVISION:?must be set}"
registry=${REGISTRY,,} # a registry has no capitals, an owner on GitHub may
version=$(node -p 'require("./package.json").version')
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

say() { printf '%s\n' "$@" >>"${GITHUB_OUTPUT:-/dev/stdout}"; }

docker login "${registry%%/*}" --username "$REGISTRY_USER" --password-stdin <<<"$REGISTRY_PASSWORD"
helm registry login "${registry%%/*}" --username "$REGISTRY_USER" --password-stdin <<<"$REGISTRY_PASSWORD"

docker buildx build . --push --tag "$registry/parley:$version" --metadata-file "$folder/image.json" \
  --build-arg "VERSION=$version" --build-arg "REVISION=$REVISION" --build-arg "CREATED=$(date -u +%Y-%m-%dT%H:%M:%SZ)"
image_digest=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1]))["containerimage.digest"]' "$folder/image.json")

helm package helm/parley --destination "$folder"
helm push "$folder/parley-$version.tgz" "oci://$registry/charts" 2>&1 | tee "$folder/chart.txt"
chart_digest=$(sed -n 's/^Digest: //p' "$folder/chart.txt")

npm run --silent sbom >sbom.cdx.json
say "image=$registry/parley" "image-digest=${image_digest:?the registry named none}" \
  "chart=$registry/charts/parley" "chart-digest=${chart_digest:?the registry named none}"
