#!/usr/bin/env bash
# Brings an image to a cluster, and takes it back where it does not do its job. Needs Helm, a KUBECONFIG, and `npm ci` before.
#   ENVIRONMENT       staging or production: which values of helm/parley/examples
#   IMAGE_REPOSITORY  where the image is, without a tag
#   IMAGE_TAG         which one
#   PARLEY_URL        where people reach it, for the smoke test
#   PARLEY_USERNAME   an account for the smoke test, and
#   PARLEY_PASSWORD   its password: needed where the values let no guests in
#   NAMESPACE         parley
set -euo pipefail
cd "$(dirname "$0")/.."

: "${ENVIRONMENT:?must be set}" "${IMAGE_REPOSITORY:?must be set}" "${IMAGE_TAG:?must be set}" "${PARLEY_URL:?must be set}"
namespace=${NAMESPACE:-parley}
values=helm/parley/examples/$ENVIRONMENT.yaml
[ -f "$values" ] || {
  echo "There are no values for the environment $ENVIRONMENT: $values" >&2
  exit 2
}
# Better than to find out when all is brought there, and to take it back.
if grep -Eq "^ *GUESTS: *['\"]?off" "$values" && [ -z "${PARLEY_USERNAME:-}" ]; then
  echo "$values lets no guests in: the smoke test needs PARLEY_USERNAME and PARLEY_PASSWORD." >&2
  exit 2
fi

revision() { helm history parley --namespace "$namespace" --max 1 --output json 2>/dev/null | node -pe 'JSON.parse(require("fs").readFileSync(0)).at(-1).revision' 2>/dev/null || true; }
before=$(revision)

# Where it fails by itself, it has been taken back by itself. Migrations stay: the version before works on them (docs/operations.md).
helm upgrade parley helm/parley --install --atomic --timeout 15m --namespace "$namespace" --create-namespace \
  --values "$values" --set-string "image.repository=$IMAGE_REPOSITORY" --set-string "image.tag=$IMAGE_TAG"

PARLEY_URL=$PARLEY_URL npm run test:smoke && exit 0

if [ -n "$before" ]; then
  echo "The smoke test failed: back to revision $before." >&2
  helm rollback parley "$before" --wait --timeout 15m --namespace "$namespace"
else
  echo 'The smoke test failed, and there is nothing to go back to: this was the first install.' >&2
fi
exit 1
