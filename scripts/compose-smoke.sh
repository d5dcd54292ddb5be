#!/usr/bin/env bash
# Builds and starts what docker-compose.yml has, and uses it as a person would. Needs Docker with Compose 2, and `npm ci` before.
set -euo pipefail
cd "$(dirname "$0")/.."

JWT_SECRET=$(openssl rand -base64 48)
POSTGRES_PASSWORD=$(openssl rand -hex 24)
export JWT_SECRET POSTGRES_PASSWORD
certificate=$(mktemp)

finish() {
  local status=$?
  [ "$status" = 0 ] || docker compose logs --no-color
  docker compose down --volumes
  rm -f "$certificate"
  exit "$status"
}
trap finish EXIT

docker compose up --build --detach --wait --wait-timeout 300
docker compose cp caddy:/data/caddy/pki/authorities/local/root.crt "$certificate"
PARLEY_URL=https://localhost NODE_EXTRA_CA_CERTS=$certificate npm run test:smoke
docker compose exec parley parley doctor
