import { parse } from 'yaml';
import { scripts } from '../../package.json';
import { readDocument } from '../support/documents';
import { ShellScript } from '../support/shell-script';

interface Workflow {
  readonly on: {
    readonly push?: { readonly branches: readonly string[] };
    readonly pull_request?: null;
    readonly workflow_dispatch?: {
      readonly inputs: { readonly environment: { readonly options: string[] } };
    };
  };
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly environment?: { readonly name: string };
        readonly steps: readonly { readonly run?: string }[];
      }
    >
  >;
}

const workflow = (name: string) => parse(readDocument(`.github/workflows/${name}`)) as Workflow;
const runsOf = ({ jobs }: Workflow) =>
  Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));

const byBash = (file: string) => `bash ${file}`;

/** Notes what it is asked. Its containers do not start where `UP` says so. */
const DOCKER = `echo "docker $*" >> "$CALLS"
case "$*" in "compose up "*) exit "\${UP:-0}" ;; esac`;
const NPM = `echo "npm $* $PARLEY_URL" >> "$CALLS"
exit "\${SMOKE:-0}"`;

describe('The pipelines', () => {
  it('check each push and each proposal as a whole, and start what a person would', () => {
    const ci = workflow('ci.yml');
    expect(ci.on).toMatchObject({ push: { branches: ['main'] } });
    expect(Object.keys(ci.on)).toContain('pull_request');
    expect(runsOf(ci)).toEqual(
      expect.arrayContaining(['.ci/run', 'scripts/compose-smoke.sh', 'scripts/kind-smoke.sh'].map(byBash)),
    );
  });

  it('lint, test and build by the commands that README.md names, one for the back end and one for the page', () => {
    const lines = readDocument('.ci/run').split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'check npm ci',
        'check npm run check:static',
        'run_tests npm test -- --coverage',
        'run_tests npm run test:browser --',
      ]),
    );
  });

  it('deploy to staging or to production, each an environment of GitHub', () => {
    const deploy = workflow('deploy.yml');
    expect(deploy.on.workflow_dispatch!.inputs.environment.options).toEqual(['staging', 'production']);
    expect(deploy.jobs.deploy!.environment!.name).toBe('${{ inputs.environment }}');
    expect(runsOf(deploy)).toContain('bash scripts/deploy.sh');
  });

  describe('for containers', () => {
    const script = new ShellScript('compose-smoke.sh', {
      docker: DOCKER,
      npm: NPM,
      openssl: 'echo invented',
    });

    afterAll(() => script.remove());

    const verbs = (calls: readonly string[]) => calls.map((call) => call.split(' ').slice(0, 3).join(' '));

    it('build, start, test and take down', async () => {
      const { status, calls } = await script.run({});
      expect([status, verbs(calls)]).toEqual([
        0,
        [
          ...['docker compose up', 'docker compose cp', 'npm run test:smoke', 'docker compose exec'],
          'docker compose down',
        ],
      ]);
      expect(calls[0]).toMatch(/ --build .*--wait /);
      expect(calls[2]).toBe('npm run test:smoke https://localhost');
      expect(calls.at(-1)).toMatch(/--volumes$/);
    });

    it('build an image that has all that a start needs, and starts as a checkout does', () => {
      const image = readDocument('Dockerfile').split('\nFROM ').at(-1)!;
      const copied = [...image.matchAll(/^COPY (?:--\S+ )?(\S+) /gm)].map(([, source]) => source);
      expect(copied).toEqual(
        expect.arrayContaining(['package.json', '/app/node_modules', '/app/dist', '/app/web/dist']),
      );
      const [, command] = /^CMD (\[.*\])$/m.exec(image)!;
      expect((JSON.parse(command!) as string[]).join(' ')).toBe(scripts.start);
      const { services } = parse(readDocument('docker-compose.yml'), { merge: true }) as {
        services: { parley: { build: string } };
      };
      expect(services.parley.build).toBe('.');
    });

    it('keep the database on a volume that outlives its container', () => {
      const { services, volumes } = parse(readDocument('docker-compose.yml'), { merge: true }) as {
        services: { postgres: { volumes: string[] } };
        volumes: object;
      };
      const [name, folder] = services.postgres.volumes[0]!.split(':') as [string, string];
      expect(Object.keys(volumes)).toContain(name);
      expect(folder).toMatch(/^\/var\/lib\/postgresql/);
    });

    it.each([
      ['a container does not start', { UP: '1' }],
      ['the smoke test fails', { SMOKE: '1' }],
    ])('print what the containers have said where %s, and take all down', async (_, env) => {
      const { status, calls } = await script.run(env);
      expect([status, verbs(calls).slice(-2)]).toEqual([1, ['docker compose logs', 'docker compose down']]);
    });
  });
});
