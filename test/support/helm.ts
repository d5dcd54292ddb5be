import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

export const CHART = join(__dirname, '..', '..', 'helm', 'parley');

const { skip } = describe;

/** As `describe`. Where Helm cannot be had, the tests are left out and say so; but CI has to have it, and fails without. */
export function describeWithHelm(title: string, tests: () => void): void {
  if (process.env.TEST_HELM || process.env.CI === 'true') describe(title, tests);
  else skip(`${title} (not tried: ${process.env.TEST_HELM_MISSING})`, tests);
}

export type Values = Readonly<Record<string, unknown>>;

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
}

/** What the chart cannot do without. */
export const REQUIRED = {
  image: { repository: 'registry.example.com/parley' },
  database: { existingSecret: 'parley-database' },
  auth: { existingSecret: 'parley-auth' },
};

/** The values of each example, by its file; those that are manifests are none. */
export const EXAMPLES: readonly (readonly [string, Values])[] = readdirSync(join(CHART, 'examples'))
  .map((name) => [name, readFileSync(join(CHART, 'examples', name), 'utf8')] as const)
  .filter(([, text]) => !/^kind:/m.test(text))
  .map(([name, text]) => [name, parse(text) as Values]);

const rendered = new Map<string, string>();

/** The chart's output, as text. @throws Error with what Helm said. */
export function renderText(values: Values, chart = CHART): string {
  const key = JSON.stringify([chart, values]);
  const known = rendered.get(key);
  if (known !== undefined) return known;
  const { status, stdout, stderr } = helm(
    ['template', 'parley', chart, '--values', '-'],
    JSON.stringify(values),
  );
  if (status !== 0) throw new Error(stderr);
  rendered.set(key, stdout);
  return stdout;
}

/** @throws Error with what Helm said. */
export function render(values: Values): Manifest[] {
  return parseAllDocuments(renderText(values))
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

/** What `only` knows the fields of. */
interface Kinds {
  ConfigMap: { readonly data: Readonly<Record<string, string>> };
  Deployment: IDeployment;
  HTTPRoute: IHTTPRoute;
  HorizontalPodAutoscaler: IHorizontalPodAutoscaler;
  Ingress: IIngress;
  Job: IJob;
  NetworkPolicy: INetworkPolicy;
  PodDisruptionBudget: IPodDisruptionBudget;
  PrometheusRule: IPrometheusRule;
  ServiceAccount: IServiceAccount;
  ServiceMonitor: IServiceMonitor;
}

/** The one manifest of its kind. @throws Error where there is none, or another one too. */
export function only<K extends keyof Kinds>(manifests: readonly Manifest[], kind: K): Manifest & Kinds[K] {
  const found = manifests.filter((manifest) => manifest.kind === kind);
  if (found.length !== 1) throw new Error(`Expected one ${kind}, found ${found.length}.`);
  return found[0] as Manifest & Kinds[K];
}

/** What an install would tell its operator. */
export function notes(values: Values): string {
  const parameters = ['install', 'parley', CHART, '--dry-run=client', '--values', '-'];
  const { status, stdout, stderr } = helm(parameters, JSON.stringify(values));
  if (status !== 0) throw new Error(stderr);
  return stdout.slice(stdout.indexOf('NOTES:'));
}

function helm(parameters: readonly string[], input: string) {
  const { TEST_HELM, TEST_HELM_MISSING, PATH } = process.env;
  if (!TEST_HELM) throw new Error(TEST_HELM_MISSING);
  const home = mkdtempSync(join(tmpdir(), 'parley-helm-'));
  try {
    const env = { PATH, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home };
    return spawnSync(TEST_HELM, parameters, { env, input, encoding: 'utf8' });
  } finally {
    rmSync(home, { recursive: true });
  }
}
