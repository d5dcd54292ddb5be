import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import examples from '../../examples/package.json';
import { dependencies, devDependencies } from '../../package.json';
import { Replicas } from '../support/replicas';

const FOLDER = join(__dirname, '..', '..', 'examples');
/** Of the demo model's answer, which says what it was asked. */
const ANSWER = 'Your question: “What is Oslo like in winter?”';

describe('An example', () => {
  let replicas: Replicas;
  beforeAll(async () => (replicas = await Replicas.start(1)));
  afterAll(() => replicas.close());

  /** What it prints. @throws Error – it failed, or complained. */
  async function run(name: keyof typeof examples.scripts): Promise<string> {
    const env = { PATH: process.env.PATH, PARLEY_URL: replicas.urls[0]! };
    const child = spawn('npm', ['run', '--silent', name], {
      cwd: FOLDER,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [[status], printed, complaints] = await Promise.all([
      once(child, 'close') as Promise<[number]>,
      text(child.stdout),
      text(child.stderr),
    ]);
    expect({ status, complaints }).toEqual({ status: 0, complaints: '' });
    return printed;
  }

  it('asks with curl, reads the stream, and reads what is kept', async () => {
    const [streamed, kept] = (await run('curl')).split('What is kept, newest first:\n') as [string, string];
    expect(streamed).toMatch(/^id: 0\nevent: message\.created\n/);
    const last = /event: message\.completed\ndata: (.+)\n\n$/.exec(streamed)![1]!;
    const { message } = JSON.parse(last) as { message: { content: string; parentId: string } };
    expect(message.content).toContain(ANSWER);
    expect(JSON.parse(kept)).toMatchObject({ data: [message, { id: message.parentId, role: 'user' }] });
  });

  it('makes a typed client from the document and asks with it, as JSON and as a stream', async () => {
    const printed = await run('openapi-fetch');
    expect(printed).toContain(ANSWER);
    expect(printed).toMatch(/Your question: “And in summer\?”[^]+\n\d+ tokens\n4 messages are kept\n$/);
  });

  it("asks with OpenAI's client, and has the exchange kept", async () => {
    const printed = await run('openai-sdk');
    expect(printed).toMatch(/^Models: demo\/demo\n/);
    expect(printed).toContain(ANSWER);
    const [, id] = /\nKept as conversation (\S+)\n$/.exec(printed)!;
    const rows = await replicas.database.query(
      `select from messages where conversation_id = $1 and content like '%' || $2 || '%'`,
      [id, ANSWER],
    );
    expect(rows).toHaveLength(1);
  });

  it('asks over a WebSocket', async () => {
    const printed = await run('websocket');
    expect(printed).toContain(ANSWER);
    expect(printed).toMatch(/\nmessage\.completed in conversation \S+\nClosed: 1000\n$/);
  });

  it('loses its connection again and again, and has the whole text', async () => {
    const printed = await run('sse-rejoin');
    expect(printed.replaceAll(/\n-- connection \d+, from \d+ on\n/g, '')).toContain(ANSWER);
    expect(printed).toMatch(/\n-- connection 3, from [1-9]\d* on\n/);
    expect(printed).toMatch(/\ncompleted, and the text is whole\n$/);
  });

  it('has the packages that Parley itself is tested with', () => {
    const ours: Record<string, string> = { ...dependencies, ...devDependencies };
    for (const [name, version] of Object.entries({ ...examples.dependencies, ...examples.devDependencies }))
      expect([name, version]).toEqual([name, ours[name]]);
  });
});
