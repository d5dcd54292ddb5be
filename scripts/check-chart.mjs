// Lints the chart, renders it with every example and with every switch turned, and looks for what a cluster would refuse.
// With --write, writes the table of values into the chart's README.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { withValuesTable } from './chart-values-table.mjs';
import { findHelm } from './find-helm.mjs';
import { problemsOf } from './strict-manifests.mjs';

process.chdir(join(import.meta.dirname, '..'));
const CHART = 'helm/parley';
const EXAMPLES = `${CHART}/examples`;

const REQUIRED = {
  'image.repository': 'parley',
  'database.existingSecret': 'db',
  'auth.existingSecret': 'auth',
};
/** What a switch can't be turned on without. */
const COMPANIONS = {
  'ingress.enabled': ['ingress.hosts={parley.example.com}'],
  'httpRoute.enabled': ['httpRoute.parentRefs[0].name=public'],
};
const VARIANTS = [
  ['migrations.mode=auto', 'database.direct.existingSecret=owner'],
  [`image.digest=sha256:${'0'.repeat(64)}`],
  ['auth.jwtSecretsKey=JWT_SECRETS'],
  ['admin.username=admin', 'admin.existingSecret=admin', 'providers.existingSecret=providers'],
  ['service.type=LoadBalancer', 'serviceAccount.create=false', 'serviceAccount.name=shared'],
  ['runAsUser=null', 'drainSeconds=0', 'terminationGracePeriodSeconds=900'],
  ['ingress.enabled=true', 'ingress.hosts={a.example.com}', 'ingress.className='],
  ['networkPolicy.enabled=true', 'tracing.otlpEndpoint=https://otlp.example.com'],
  ['extraEnvFrom[0].configMapRef.name=more', 'tolerations[0].operator=Exists', 'priorityClassName=high'],
  ['extraVolumes[0].name=ca', 'extraVolumes[0].secret.secretName=ca', 'extraVolumeMounts[0].name=ca'].concat(
    'extraVolumeMounts[0].mountPath=/etc/ca',
  ),
];

const problems = [];
const home = mkdtempSync(join(tmpdir(), 'parley-helm-'));
const helm = findHelm();

function run(...parameters) {
  const env = { PATH: process.env.PATH, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home };
  return spawnSync(helm, parameters, { env, encoding: 'utf8' });
}

const sets = (settings) => settings.flatMap((setting) => ['--set', setting]);
const required = sets(Object.entries(REQUIRED).map((pair) => pair.join('=')));

function checkDefaults() {
  const { status, stderr } = run('template', 'parley', CHART);
  if (status === 0) problems.push('With default values the chart has to refuse.');
  for (const name of Object.keys(REQUIRED))
    if (!stderr.includes(`Set ${name}`)) problems.push(`With default values it does not ask for ${name}.`);
}

/** The manifests. */
function check(title, parameters) {
  const lint = run('lint', '--strict', CHART, ...parameters);
  if (lint.status !== 0) problems.push(`${title}: ${lint.stdout}${lint.stderr}`);
  const { status, stdout, stderr } = run('template', 'parley', CHART, '--namespace', 'chat', ...parameters);
  if (status !== 0) problems.push(`${title}: ${stderr}`);
  return checkManifests(title, status === 0 ? stdout : '');
}

function checkManifests(title, text) {
  const manifests = parseAllDocuments(text)
    .map((document) => document.toJS())
    .filter(Boolean);
  for (const manifest of manifests)
    for (const problem of problemsOf(manifest))
      problems.push(`${title}: ${manifest.kind} ${manifest.metadata?.name}: ${problem}`);
  return manifests;
}

/** Every value that is true or false, as the setting that turns it. */
function* switches(values, path = []) {
  for (const [name, value] of Object.entries(values)) {
    const here = [...path, name];
    if (typeof value === 'boolean') yield [here.join('.'), !value];
    else if (value && typeof value === 'object' && !Array.isArray(value)) yield* switches(value, here);
  }
}

/** Without this, a validator that lets everything pass would look like a chart without a fault. */
function checkTheCheck(manifests) {
  for (const manifest of manifests) {
    const parts = [manifest, manifest.metadata, manifest.spec, manifest.spec?.template?.spec?.containers[0]];
    for (const part of parts.filter(Boolean)) {
      part.unheardOf = true;
      if (problemsOf(manifest).length === 0)
        problems.push(`An unknown field of ${manifest.kind} would be let through.`);
      delete part.unheardOf;
    }
  }
}

async function checkReadme() {
  const [path, values] = [`${CHART}/README.md`, readFileSync(`${CHART}/values.yaml`, 'utf8')];
  const readme = readFileSync(path, 'utf8');
  const wanted = await withValuesTable(readme, values);
  if (process.argv.includes('--write')) writeFileSync(path, wanted);
  else if (readme !== wanted)
    problems.push('README.md is behind values.yaml: npm run check:chart -- --write');
}

function checkExamples() {
  const all = [];
  for (const name of readdirSync(EXAMPLES)) {
    const path = `${EXAMPLES}/${name}`;
    const text = readFileSync(path, 'utf8');
    if (/^kind:/m.test(text)) all.push(...checkManifests(name, text));
    else all.push(...check(name, ['--values', path]));
  }
  return all;
}

function checkVariants() {
  const turned = [...switches(parse(readFileSync(`${CHART}/values.yaml`, 'utf8')))].map(([name, value]) => [
    `${name}=${value}`,
    ...(COMPANIONS[name] ?? []),
  ]);
  const variants = [[], ...turned, ...VARIANTS];
  return variants.flatMap((settings) =>
    check(settings.join(' ') || 'required values', [...required, ...sets(settings)]),
  );
}

try {
  checkDefaults();
  const manifests = [...checkExamples(), ...checkVariants()];
  checkTheCheck(manifests);
  await checkReadme();
  const kinds = new Set(manifests.map(({ kind }) => kind));
  console.log(`${manifests.length} manifests of ${kinds.size} kinds: ${[...kinds].sort().join(', ')}`);
} finally {
  rmSync(home, { recursive: true, force: true });
}
for (const problem of problems) console.error(problem.trim());
process.exitCode = problems.length === 0 ? 0 : 1;
