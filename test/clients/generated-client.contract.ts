import { join } from 'node:path';
import { devDependencies } from '../../package.json';
import { Replicas } from '../support/replicas';
import { nameOf, ROUTES } from '../support/routes';
import type { CallsOf } from './calls';
import { compile, generate, pinsOf, type Generator } from './generation';
import { doWholeJob, ROOT } from './job/whole-job';

/** What a stranger gets who has nothing but the document, and does what docs/clients.md says. */
export function generatedClientContract(generator: Generator): void {
  let generated: Awaited<ReturnType<typeof generate>>;
  let compiled: ReturnType<typeof compile>;
  let replicas: Replicas;

  beforeAll(async () => {
    const env = { ADMIN_USERNAME: ROOT.username, ADMIN_PASSWORD: ROOT.password };
    [generated, replicas] = await Promise.all([generate(generator), Replicas.start(1, { env })]);
    compiled = compile(generator); // while the server answers
  });
  afterAll(() => replicas.close());

  it('is generated without a warning', () => {
    expect(generated).toMatchObject({ status: 0, errors: '' });
  });

  it('is made by the versions that the guide names', () => {
    const ours: Record<string, string> = devDependencies;
    const pins = pinsOf(generator).filter(([name]) => name !== 'typescript'); // they ask for different ones
    expect(pins).toContainEqual([expect.stringContaining(generator.program), expect.any(String)]);
    expect(pins).toEqual(pins.map(([name]) => [name, ours[name]]));
  });

  it('does the whole job against a real server, with every operation', async () => {
    const { callsOf } = (await import(join(__dirname, generator.name, 'calls'))) as { callsOf: CallsOf };
    const succeeded = await doWholeJob(replicas.urls[0]!, callsOf);
    expect([...succeeded].sort()).toEqual(ROUTES.map(nameOf).sort());
  });

  it('compiles as strictly as it bears, with a call of every operation and the example of the guide', async () => {
    expect(await compiled).toEqual({ status: 0, output: '', errors: '' });
  });
}
