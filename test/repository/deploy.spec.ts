import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** Notes what it is asked, one line each, and has a release where `HISTORY` says so. The smoke test ends as `SMOKE` says. */
const HELM = `#!/bin/sh
echo "helm $*" >> "$CALLS"
case $1 in history) [ -n "$HISTORY" ] && echo "[{\\"revision\\": $HISTORY}]" ;; esac
case $1 in upgrade) exit "\${UPGRADE:-0}" ;; esac
`;
const NPM = `#!/bin/sh
echo "npm $* $PARLEY_URL" >> "$CALLS"
exit "\${SMOKE:-0}"
`;

describe('The deployment', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-deploy-'));
    for (const [name, text] of Object.entries({ helm: HELM, npm: NPM })) {
      writeFileSync(join(folder, name), text);
      chmodSync(join(folder, name), 0o755);
    }
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const deploy = async (env: Readonly<Record<string, string>> = {}) => {
    const calls = join(folder, 'calls');
    writeFileSync(calls, '');
    const child = spawn('bash', [join('scripts', 'deploy.sh')], {
      cwd: ROOT,
      stdio: 'ignore',
      env: {
        PATH: [folder, process.env.PATH].join(delimiter),
        CALLS: calls,
        ENVIRONMENT: 'staging',
        IMAGE_REPOSITORY: 'registry.example.com/parley',
        IMAGE_TAG: '1.2.3',
        PARLEY_URL: 'https://chat.example.com',
        ...env,
      },
    });
    const [status] = (await once(child, 'exit')) as [number];
    return { status, calls: readFileSync(calls, 'utf8').trim().split('\n') };
  };

  it('upgrades as a whole or not at all, and then uses what it has brought', async () => {
    const { status, calls } = await deploy({ HISTORY: '7' });
    expect(status).toBe(0);
    expect(calls.slice(1)).toEqual([
      expect.stringMatching(
        /^helm upgrade parley .*--install --atomic .*examples\/staging.yaml .*image.repository=registry.example.com\/parley .*image.tag=1.2.3$/,
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

  it.each([
    ['an environment that there is not', { ENVIRONMENT: 'moon' }, 2],
    ['no tag', { IMAGE_TAG: '' }, 1],
  ])('does nothing for %s', async (_, env, status) => {
    expect(await deploy(env)).toEqual({ status, calls: [''] });
  });
});
