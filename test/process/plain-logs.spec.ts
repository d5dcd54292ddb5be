import { Client } from '../support/client';
import { Replicas } from '../support/replicas';

describe('The log of a process in production', () => {
  /** Of one that was asked something, to its end. */
  async function logOf(env: Readonly<Record<string, string>>): Promise<string[]> {
    const replicas = await Replicas.start(1, { env: { NODE_ENV: 'production', ...env } });
    try {
      const parley = replicas.all[0]!;
      await new Client(parley.url).get('/nowhere', { headers: { 'X-Request-Id': 'my.own-1' } });
      parley.signal('SIGTERM');
      await parley.ended;
      return parley.output.split('\n');
    } finally {
      await replicas.close();
    }
  }

  const isJson = (line: string) => line.startsWith('{');
  const said = (lines: readonly string[]) => lines.filter((line) => line.includes('GET /api/v1/nowhere 404'));

  it('is JSON, a line an object', async () => {
    const lines = said(await logOf({}));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'info', requestId: 'my.own-1' });
  });

  it('is plain text with LOG_JSON=false, and says the same', async () => {
    const lines = await logOf({ LOG_JSON: 'false' });
    expect(lines.filter(isJson)).toEqual([]);
    expect(said(lines)).toEqual([
      expect.stringMatching(/^\S*\d\d:\d\d:\d\d.* INFO.*GET \/api\/v1\/nowhere 404/),
    ]);
    expect(lines.join('\n')).toContain('my.own-1');
  });
});
