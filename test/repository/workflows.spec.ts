import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import packageJson from '../../package.json';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly permissions?: unknown;
  readonly jobs: Readonly<
    Record<string, { readonly 'timeout-minutes'?: number; readonly steps: readonly Step[] }>
  >;
}

const ROOT = join(__dirname, '..', '..');
const FOLDER = join(ROOT, '.github', 'workflows');

const WORKFLOWS = readdirSync(FOLDER).map((name) => {
  const text = readFileSync(join(FOLDER, name), 'utf8');
  return { name, text, ...(parse(text) as Workflow) };
});

const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps);

describe.each(WORKFLOWS)('The workflow $name', (workflow) => {
  it('names every action by its commit, and says which version that is', () => {
    const used = workflow.text.match(/uses: .*$/gm) ?? [];
    expect(used.length).toBeGreaterThan(0);
    for (const line of used) expect(line).toMatch(/^uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('runs nothing that cannot be run by hand: an npm script, or a file of the repository', () => {
    for (const { run } of stepsOf(workflow).filter((step) => step.run !== undefined)) {
      const [, script] = /^npm (?:run )?(ci|test(?::\w+)?|[\w:]+)$/.exec(run!) ?? [];
      const [, file] = /^bash (\S+)$/.exec(run!) ?? [];
      const known = script !== undefined && (script === 'ci' || script in packageJson.scripts);
      expect([run, known || (file !== undefined && existsSync(join(ROOT, file)))]).toEqual([run, true]);
    }
  });

  it('may do nothing that it is not given, ends some time, and leaves no token in the checkout', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    for (const job of Object.values(workflow.jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0);
    const checkouts = stepsOf(workflow).filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    for (const { with: settings } of checkouts)
      expect(settings).toMatchObject({ 'persist-credentials': false });
  });
});
