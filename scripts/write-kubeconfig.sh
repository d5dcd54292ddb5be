#!/usr/bin/env bash
# Puts the secret of a GitHub environment where kubectl and Helm read it, for nobody else to read.
set -euo pipefail
umask 077
printf '%s' "${KUBECONFIG_CONTENT:?the secret KUBECONFIG of this environment is not set}" >"${RUNNER_TEMP:?must be set}/kubeconfig"
