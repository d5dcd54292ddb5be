import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ShellScript } from '../support/shell-script';

const ROOT = join(__dirname, '..', '..');

/** Notes what it is asked, and has a release where `HISTORY` says so. The smoke test ends as `SMOKE` says. */
const HELM = `echo "helm $*" >> "$CALLS"
case $1 in history) [ -n "$HISTORY" ] && echo "[{\\"revision\\": $HISTORY}]" ;; esac
case $1 in upgrade) exit "\${UPGRADE:-0}" ;; esac`;
const NPM = `echo "npm $* $PARLEY_URL" >> "$CALLS"
exit "\${SMOKE:-0}"`;

describe('The deployment', () => {
  const script = new ShellScript('deploy.sh', { helm: HELM, npm: NPM });

  afterAll(() => script.remove());

  const deploy = async (env: Readonly<Record<string, string>> = {}) => {
    const { status, calls } = await script.run({
      ENVIRONMENT: 'staging',
      IMAGE_REPOSITORY: 'registry.example.com/parley',
      IMAGE_TAG: '1.2.3',
      PARLEY_URL: 'https://chat.example.com',
      ...env,
    });
    return { status, calls };
  };

  it('upgrades as a whole or not at all, and then uses what it has brought', async () => {
    const { status, calls } = await deploy({ HISTORY: '7' });
    expect(status).toBe(0);
    expect(calls.slice(1)).toEqual([
      expect.stringMatching(
        /^helm upgrade parley .*--install --atomic .*examples\/staging.yaml .*--set-string image.repository=registry.example.com\/parley --set-string image.tag=1.2.3$/,
      ),
      'npm run test:smoke https://chat.example.com',
    ]);
  });

  it('goes back to what ran before where the smoke test fails', async () => {
    const { status, calls } = await deploy({ HISTORY: '7', SMOKE: '1' });
    expect([status, calls.at(-1)]).toEqual([1, expect.stringMatching(/^helm rollback parley 7 --wait /)]);
  });

  it('has nothing to go back to at the first install', async () => {
    const { status, calls } = await deploy({ SMOKE: '1' });
    expect([status, calls.at(-1)]).toEqual([1, 'npm run test:smoke https://chat.example.com']);
  });

  it('tests nothing, and goes nowhere, where Helm itself has taken it back', async () => {
    const { status, calls } = await deploy({ HISTORY: '7', UPGRADE: '1' });
    expect([status, calls.at(-1)]).toEqual([1, expect.stringMatching(/^helm upgrade /)]);
  });

  it('does its job with an account where no guests are let in', async () => {
    const { status } = await deploy({ ENVIRONMENT: 'production', PARLEY_USERNAME: 'smoke' });
    expect(status).toBe(0);
  });

  it('is given by its workflow whatever it takes', () => {
    const [workflow, text] = ['.github/workflows/deploy.yml', 'scripts/deploy.sh'].map((path) =>
      readFileSync(join(ROOT, path), 'utf8'),
    ) as [string, string];
    const taken = [...text.matchAll(/^# {3}([A-Z_]+) /gm)].map(([, name]) => name!);
    expect(taken).toContain('PARLEY_PASSWORD');
    const given = taken.filter((name) => workflow.includes(`\n          ${name}: `));
    expect(given).toEqual(taken.filter((name) => name !== 'NAMESPACE')); // which has a default
  });

  it.each([
    ['values that let no guests in, and no account', { ENVIRONMENT: 'production' }, 2],
    ['an environment that there is not', { ENVIRONMENT: 'moon' }, 2],
    ['no tag', { IMAGE_TAG: '' }, 1],
  ])('does nothing for %s', async (_, env, status) => {
    expect(await deploy(env)).toEqual({ status, calls: [''] });
  });
});
