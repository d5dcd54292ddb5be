// Says what a Kubernetes API server would refuse of a manifest: wrong types, missing fields, and fields that it does not know.
import * as cloudNativePg from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1';
import * as gatewayApi from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import * as prometheusOperator from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import * as apps from 'kubernetes-models/apps/v1';
import * as autoscaling from 'kubernetes-models/autoscaling/v2';
import * as batch from 'kubernetes-models/batch/v1';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';

const MODELS = {
  v1: core,
  'apps/v1': apps,
  'autoscaling/v2': autoscaling,
  'batch/v1': batch,
  'gateway.networking.k8s.io/v1': gatewayApi,
  'monitoring.coreos.com/v1': prometheusOperator,
  'networking.k8s.io/v1': networking,
  'policy/v1': policy,
  'postgresql.cnpg.io/v1': cloudNativePg,
};

// No package has the schemas of Google's policies: the fields that the example uses, from Google's API reference
// (googlecloudplatform.github.io/gke-gateway-api, November 2026).
const TARGET = { group: '', kind: '', name: '' };
const METADATA = { name: '' };
const KNOWN_FIELDS = {
  'networking.gke.io/v1/GCPBackendPolicy': {
    metadata: METADATA,
    spec: {
      default: { timeoutSec: 0, connectionDraining: { drainingTimeoutSec: 0 } },
      targetRef: TARGET,
    },
  },
  'networking.gke.io/v1/HealthCheckPolicy': {
    metadata: METADATA,
    spec: {
      default: { checkIntervalSec: 0, config: { type: '', httpHealthCheck: { requestPath: '' } } },
      targetRef: TARGET,
    },
  },
};

/** Each a sentence with the path of the field; empty: all is well. */
export function problemsOf(manifest) {
  const { apiVersion, kind } = manifest;
  const known = KNOWN_FIELDS[`${apiVersion}/${kind}`];
  if (known) return [...unlike({ apiVersion: '', kind: '', ...known }, manifest, '')];
  const Model = MODELS[apiVersion]?.[kind];
  if (!Model) return [`There is no schema for ${apiVersion} ${kind}.`];
  // The validator takes its schema from the model that it is a method of.
  const document = Object.assign(Object.create(Model.prototype), manifest);
  const reads = new Map();
  try {
    Model.prototype.validate.call(noting(document, reads));
  } catch (error) {
    return [error.message];
  }
  return [...unread(document, reads, '')];
}

/**
 * The schemas let unknown fields pass. But a validator reads every field that its schema has, and no other one, so what
 * it never read, it does not know.
 */
function noting(value, reads) {
  if (typeof value !== 'object' || value === null) return value;
  if (!reads.has(value)) reads.set(value, new Set());
  return new Proxy(value, {
    get(target, key) {
      reads.get(value).add(key);
      return noting(target[key], reads);
    },
  });
}

function* unread(value, reads, path) {
  const read = reads.get(value);
  if (!read) return; // a value without a schema of its own, which anything goes for
  for (const key of Object.keys(value)) {
    if (read.has(key)) yield* unread(value[key], reads, `${path}/${key}`);
    else yield `${path}/${key} is not a field.`;
  }
}

function* unlike(known, value, path) {
  if (typeof known !== typeof value) yield `${path} has to be a ${typeof known}.`;
  else if (typeof known === 'object') {
    for (const key of Object.keys(value)) {
      if (Object.hasOwn(known, key)) yield* unlike(known[key], value[key], `${path}/${key}`);
      else yield `${path}/${key} is not a field.`;
    }
  }
}
