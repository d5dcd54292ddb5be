import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readEnvironment, SECRETS, VARIABLES } from './environment';

interface Compose {
  readonly services: Readonly<
    Record<string, { readonly environment?: Readonly<Record<string, string>>; readonly profiles?: string[] }>
  >;
}

const ROOT = join(__dirname, '..', '..');
const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
const { services } = parse(text, { merge: true }) as Compose;
const caddyfile = readFileSync(join(ROOT, 'deploy', 'caddy', 'Caddyfile'), 'utf8');

const parleys = Object.entries(services).filter(([name]) => name.startsWith('parley'));

const { skip } = it;
/** CI has to have it. */
const itWithCompose =
  process.env.CI === 'true' || spawnSync('docker-compose', ['--version']).status === 0 ? it : skip;

describe('docker-compose.yml', () => {
  it('sets nothing that Parley does not know', () => {
    const known = [...Object.keys(VARIABLES), ...SECRETS.map((name) => `${name}_FILE`)];
    for (const [, { environment = {} }] of parleys)
      expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([]);
  });

  it('hands on what chooses and limits models', () => {
    const wanted = Object.keys(VARIABLES).filter((name) =>
      /^(LLM_\w*MODELS?|LLM_(FALLBACKS|MODEL_SIZES)|LIMIT_\w+|QUOTA_\w+|OLLAMA_BASE_URL|\w+_API_KEY)$/.test(
        name,
      ),
    );
    for (const [, { environment = {} }] of parleys)
      expect(wanted.filter((name) => !(name in environment))).toEqual([]);
  });

  it('sets for Caddy what its file asks for', () => {
    const asked = [...caddyfile.matchAll(/\{\$([A-Z_]+):/g)].map(([, name]) => name);
    expect(Object.keys(services.caddy!.environment!).sort()).toEqual(asked.sort());
  });

  it('has one Parley, and three of the same kind with the profile', () => {
    const [first, ...others] = parleys.map(([, service]) => service);
    expect(first!.profiles).toBeUndefined();
    expect(others).toEqual([1, 2].map(() => ({ ...first, profiles: ['replicas'] })));
  });

  it('stops a Parley later than it stops itself', () => {
    // DRAIN_SECONDS, and 15 s to close.
    const [, grace] = /stop_grace_period: (\d+)s/.exec(text)!;
    expect(Number(grace)).toBeGreaterThan(readEnvironment({}).DRAIN_SECONDS + 15);
  });

  itWithCompose('is taken by Docker Compose', () => {
    const env = { ...process.env, JWT_SECRET: 'x'.repeat(32), POSTGRES_PASSWORD: 'known' };
    const run = (more: Record<string, string>) =>
      spawnSync('docker-compose', ['config', '-q'], {
        cwd: ROOT,
        env: { ...env, ...more },
        encoding: 'utf8',
      });
    expect(run({})).toMatchObject({ status: 0, stderr: '' });
    expect(run({ COMPOSE_PROFILES: 'replicas' })).toMatchObject({ status: 0, stderr: '' });
    const without = run({ JWT_SECRET: '' });
    expect([without.status, without.stderr.slice(-40)]).toEqual([1, expect.stringContaining('must be set')]);
  });
});
