#!/usr/bin/env bash
# Installs the chart on a kind cluster of its own, tests it, upgrades it and rolls it back. Needs Docker, kind, kubectl, Helm, and
# `npm ci` before. KEEP_CLUSTER=1 leaves the cluster for a look.
set -euo pipefail
cd "$(dirname "$0")/.."

CLUSTER=parley-smoke
IMAGE=parley:smoke
PORT=13000
forward=

finish() {
  local status=$?
  [ "$status" = 0 ] || {
    kubectl get pods,jobs,events --output wide || true
    kubectl logs --selector app.kubernetes.io/name=parley --all-containers --prefix --tail 200 || true
  }
  [ -z "$forward" ] || kill "$forward"
  [ -n "${KEEP_CLUSTER:-}" ] || kind delete cluster --name "$CLUSTER"
  exit "$status"
}
trap finish EXIT

docker build --tag "$IMAGE" .
kind create cluster --name "$CLUSTER" --wait 120s
kind load docker-image "$IMAGE" --name "$CLUSTER"

password=$(openssl rand -hex 24)
kubectl create secret generic postgres --from-literal "POSTGRES_PASSWORD=$password"
kubectl create secret generic parley-database \
  --from-literal "DATABASE_URL=postgres://parley:$password@postgres:5432/parley"
kubectl create secret generic parley-auth --from-literal "JWT_SECRET=$(openssl rand -base64 48)"
kubectl apply --filename scripts/kind-postgres.yaml
kubectl rollout status statefulset/postgres --timeout 180s

values=(
  --set image.repository=parley --set image.tag=smoke --set image.pullPolicy=Never
  --set database.existingSecret=parley-database --set auth.existingSecret=parley-auth
)
smoke() {
  kubectl port-forward service/parley "$PORT:80" >/dev/null &
  forward=$!
  curl --silent --fail --retry 30 --retry-connrefused --retry-delay 1 "http://localhost:$PORT/health/ready" >/dev/null
  PARLEY_URL=http://localhost:$PORT npm run test:smoke
  kill "$forward"
  forward=
}

helm install parley helm/parley "${values[@]}" --wait --timeout 5m
helm test parley --logs
smoke
helm upgrade parley helm/parley "${values[@]}" --set config.LOG_LEVEL=debug --atomic --timeout 5m
smoke
helm rollback parley 1 --wait --timeout 5m
smoke
