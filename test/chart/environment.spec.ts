import Ajv from 'ajv';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvironment, SECRETS, VARIABLES } from '../../src/config/environment';
import {
  CHART,
  describeWithHelm,
  EXAMPLES,
  only,
  render,
  renderText,
  REQUIRED,
  type Values,
} from '../support/helm';
import { containerOf, environmentOf } from '../support/pods';

const FROM_FILES = SECRETS.map((name) => `${name}_FILE`);
const KNOWN = new Set([...Object.keys(VARIABLES), ...FROM_FILES]);

/** Settings that other values decide, or none: `config` must not contradict them. */
const DECIDED = [
  'NODE_ENV',
  'PORT',
  'DATA_DIR',
  'MIGRATIONS',
  'DRAIN_SECONDS',
  'ADMIN_USERNAME',
  'METRICS_PORT',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
];

const EVERYTHING = {
  ...REQUIRED,
  database: { existingSecret: 'db', direct: { existingSecret: 'owner' } },
  admin: { username: 'admin', existingSecret: 'admin' },
  providers: { existingSecret: 'providers' },
  tracing: { otlpEndpoint: 'http://collector:4318', existingSecret: 'collector' },
  ingress: { enabled: true, hosts: ['parley.example.com'] },
};
const CASES: readonly (readonly [string, Values])[] = [
  ...EXAMPLES,
  ['everything', EVERYTHING],
  ['everything, by pods that migrate', { ...EVERYTHING, migrations: { mode: 'auto' } }],
];

const schema = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8')) as {
  definitions: object;
  properties: { config: { properties: Record<string, { $ref?: string }> } };
};
const ajv = new Ajv({ allowUnionTypes: true });
const { properties } = schema.properties.config;

function containersOf(values: Values) {
  const manifests = render({
    ...values,
    metrics: { ...(values.metrics as object), dashboard: { enabled: false } },
  });
  const server = containerOf(manifests, 'Deployment parley');
  const job = manifests.some(({ kind }) => kind === 'Job')
    ? [containerOf(manifests, 'Job parley-migrate')]
    : [];
  return { settings: only(manifests, 'ConfigMap').data, containers: [server, ...job] };
}

describeWithHelm('The environment that the chart sets', () => {
  const under = (values: Values) => ({ fullnameOverride: 'parley', ...values });

  it.each(CASES)('has only names that Parley reads: %s', (_, values) => {
    const { settings, containers } = containersOf(under(values));
    const names = containers.flatMap((container) => [...environmentOf(container).keys()]);
    expect([...names, ...Object.keys(settings)].filter((name) => !KNOWN.has(name))).toEqual([]);
    expect(names).toContain('DATABASE_URL');
  });

  it.each(CASES)('names no variable twice: %s', (_, values) => {
    for (const container of containersOf(under(values)).containers) {
      const names = (container.env ?? []).map(({ name }) => name);
      expect(names).toEqual([...new Set(names)]);
    }
  });

  it.each(CASES)('takes every secret from a Secret: %s', (_, values) => {
    const { settings, containers } = containersOf(under(values));
    const secrets = containers.flatMap(({ env = [] }) =>
      env.filter(({ name }) => SECRETS.some((secret) => secret === name)),
    );
    expect(secrets.filter(({ value, valueFrom }) => value !== undefined || !valueFrom?.secretKeyRef)).toEqual(
      [],
    );
    expect(secrets.length).toBeGreaterThan(1);
    expect(Object.keys(settings).filter((name) => SECRETS.some((secret) => secret === name))).toEqual([]);
  });

  it.each(CASES)('puts nothing that looks like a secret into a manifest: %s', (_, values) => {
    const text = renderText(under(values));
    expect(text).not.toMatch(/:\/\/[^\s/@]*:[^\s/@]*@|sk-[a-zA-Z0-9]{8}|^kind: Secret$/m);
  });

  it('is one that Parley starts with', () => {
    const { settings, containers } = containersOf(under(EVERYTHING));
    const secret = (name: string) => (name.endsWith('URL') ? 'postgres://host/db' : 'x'.repeat(32));
    const given = [...environmentOf(containers[0]!).values()].map(
      ({ name, value }) => [name, value ?? secret(name)] as const,
    );
    const values = readEnvironment({ ...settings, ...Object.fromEntries(given) });
    expect(values).toMatchObject({ NODE_ENV: 'production', MIGRATIONS: 'manual', TRUST_PROXY: 1 });
  });

  it('writes a large number as one', () => {
    const config = { COMPLETIONS_MAX_BODY: 20_971_520, QUOTA_TOKENS: 2_000_000_000 };
    const { settings } = containersOf(under({ ...REQUIRED, config }));
    expect(settings).toMatchObject({ COMPLETIONS_MAX_BODY: '20971520', QUOTA_TOKENS: '2000000000' });
  });
});

describe('The settings of the chart', () => {
  it('are all that are neither secret nor decided by another value', () => {
    const free = Object.keys(VARIABLES).filter(
      (name) => !DECIDED.includes(name) && !SECRETS.some((secret) => secret === name),
    );
    expect(Object.keys(properties).sort()).toEqual(free.sort());
  });

  const SAMPLES = [
    'on',
    'off',
    'open',
    'closed',
    'strong',
    'day',
    'month',
    'info',
    'silent',
    'true',
    'false',
  ];
  const NUMBERS = [
    '0',
    '1',
    '3',
    '4',
    '15',
    '16',
    '200',
    '201',
    '600',
    '601',
    '1024',
    '20000',
    '20001',
    '100000',
  ];
  const LARGE = [
    '100001',
    '5000000',
    '5000001',
    '104857600',
    '104857601',
    '999999999999999',
    '9007199254740991',
  ];
  const SHAPES = [
    '10/1m',
    '10/m',
    '4s',
    '4',
    '30d',
    '4w',
    'http://a.example.com',
    'ftp://a.example.com',
    '-1',
  ];

  it.each(Object.keys(properties))(
    'let through of %s what Parley takes, and where it has a form, no more',
    (name) => {
      const validate = ajv.compile({ ...properties[name], definitions: schema.definitions });
      const isText = properties[name]?.$ref === '#/definitions/text' || name === 'TRUST_PROXY';
      for (const sample of [...SAMPLES, ...NUMBERS, ...LARGE, ...SHAPES]) {
        const [parley, chart] = [isTaken(name, sample), validate(sample) || validate(Number(sample))];
        expect({ sample, chart: chart && (parley || !isText) }).toEqual({ sample, chart: parley });
      }
    },
  );
});

function isTaken(name: string, value: string): boolean {
  try {
    readEnvironment({ [name]: value });
    return true;
  } catch {
    return false;
  }
}
