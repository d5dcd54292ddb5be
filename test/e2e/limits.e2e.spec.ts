import type { TokensResponse } from '../../src/auth/auth.dto';
import { Client, type Answered, type ProblemBody } from '../support/client';
import { expectProblem } from '../support/problem';
import { startApp, type RunningApp } from '../support/running-app';
import { ScriptedModelServer } from '../support/scripted-model-server';

const ON = {
  ...{ RATE_LIMITS: 'on', TRUST_PROXY: '1' },
  ...{ LIMIT_SEND: '3/1m', LIMIT_SEND_ADDRESS: '5/2m', LIMIT_DEFAULT: '6/30s' },
  ...{ LIMIT_GUEST: '2/1h', LIMIT_REGISTER: '2/1h', LIMIT_LOGIN: '2/1m' },
};
const PASSWORD = 'quartz lemon bridge';

let addresses = 0;

/** One that nobody has called from before. */
const newAddress = () => `198.51.${++addresses >> 8}.${addresses & 255}`;

describe('Limits', () => {
  let parley: RunningApp;
  let replica: RunningApp;
  let model: ScriptedModelServer;

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    const environment = { ...ON, LLM_BASE_URL: model.url, LLM_MODELS: 'scripted' };
    parley = await startApp(environment);
    replica = await startApp({ ...environment, DATABASE_URL: parley.database.url });
  });

  afterAll(async () => {
    await replica.close();
    await parley.close();
    await model.close();
  });

  const from = (address: string) => ({ headers: { 'X-Forwarded-For': address } });
  const guest = async (address = newAddress()) =>
    (await new Client(parley.url).post<TokensResponse>('/auth/guest', {}, from(address))).body;
  const times = async <T>(count: number, call: (index: number) => Promise<T>) => {
    const answers: T[] = [];
    for (let n = 0; n < count; n++) answers.push(await call(n));
    return answers;
  };
  const statuses = (answers: readonly Answered<unknown>[]) => answers.map(({ status }) => status);

  function expectRefusal(answer: Answered<ProblemBody>, seconds: number): void {
    expectProblem(answer, 429, 'rate_limited');
    const wait = answer.headers.get('retry-after')!;
    expect(wait).toMatch(/^[1-9]\d*$/);
    expect(Number(wait)).toBeLessThanOrEqual(seconds);
    expect(Number(wait)).toBeGreaterThan(seconds - 20);
  }

  describe('on sends', () => {
    const sender = async (tokens?: TokensResponse, app = parley) => {
      const client = new Client(app.url, tokens ?? (await guest()));
      const { id } = await client.conversation();
      return (address = newAddress()) =>
        client.post(`/conversations/${id}/messages`, { content: 'Hi' }, from(address));
    };

    it('take three a minute of an account and refuse the fourth', async () => {
      const send = await sender();
      const answers = await times(4, () => send());
      expect(statuses(answers)).toEqual([201, 201, 201, 429]);
      expectRefusal(answers[3]!, 60);
    });

    it('say what is left, on good answers and on refusals', async () => {
      const send = await sender();
      const answers = await times(4, () => send());
      for (const [index, { headers }] of answers.entries()) {
        expect(headers.get('ratelimit-policy')).toMatch(/(^|, )"send";q=3;w=60(,|$)/);
        expect(headers.get('ratelimit')).toMatch(
          new RegExp(`(^|, )"send";r=${Math.max(0, 2 - index)};t=\\d+`),
        );
      }
    });

    it('count both ways of sending together, whatever the conversation', async () => {
      const client = new Client(parley.url, await guest());
      const [one, other] = [await client.conversation(), await client.conversation()];
      const send = (path: string) =>
        client.call<ProblemBody>('POST', `/conversations/${path}`, { content: 'Hi' }, from(newAddress()));
      const paths = [`${one.id}/messages`, `${other.id}/messages/stream`, `${other.id}/messages`];
      expect(statuses(await times(3, (n) => send(paths[n]!)))).toEqual([201, 200, 201]);
      expectRefusal(await send(`${one.id}/messages/stream`), 60);
    });

    it('do not count what was sent before under the same key, nor refuse it', async () => {
      const client = new Client(parley.url, await guest());
      const { id } = await client.conversation();
      const send = (key: string) => {
        const headers = { ...from(newAddress()).headers, 'Idempotency-Key': key };
        return client.post(`/conversations/${id}/messages`, { content: 'Hi' }, { headers });
      };
      const answers = await times(5, () => send('one'));
      expect(statuses(answers)).toEqual([201, 201, 201, 201, 201]);
      expect(statuses([await send('two'), await send('three')])).toEqual([201, 201]);
      expectRefusal(await send('four'), 60);
      expect((await send('one')).status).toBe(201);
    });

    it('leave nothing of a question that they refuse', async () => {
      const client = new Client(parley.url, await guest());
      const { id } = await client.conversation();
      const send = () => client.post(`/conversations/${id}/messages`, { content: 'Hi' }, from(newAddress()));
      expect(statuses(await times(4, send))).toEqual([201, 201, 201, 429]);
      expect((await client.get(`/conversations/${id}`)).body).toMatchObject({ messageCount: 6 });
    });

    it("are each account's own", async () => {
      const send = await sender();
      await times(4, () => send());
      expect((await (await sender())()).status).toBe(201);
    });

    it('are shared by replicas', async () => {
      const tokens = await guest();
      const [here, there] = [await sender(tokens), await sender(tokens, replica)];
      expect(statuses([await here(), await there(), await here(), await there()])).toEqual([
        201, 201, 201, 429,
      ]);
    });

    it('add up by address, whoever asks', async () => {
      const address = newAddress();
      const senders = await times(3, () => sender());
      const answers = await times(6, (n) => senders[n % 3]!(address));
      expect(statuses(answers)).toEqual([201, 201, 201, 201, 201, 429]);
      expectRefusal(answers[5]!, 120);
    });

    it('start again when their time is over', async () => {
      const tokens = await guest();
      const send = await sender(tokens);
      await times(4, () => send());
      await parley.database.query('update rate_limits set expires_at = now()');
      expect((await send()).status).toBe(201);
    });
  });

  describe.each([
    ['guests', '/auth/guest', () => ({}), 3600],
    [
      'registrations',
      '/auth/register',
      (n: number) => ({ username: `limit${++addresses}${n}`, password: PASSWORD }),
      3600,
    ],
    [
      'sign-ins',
      '/auth/login',
      (n: number) => ({ username: `nobody${++addresses}${n}`, password: PASSWORD }),
      60,
    ],
  ] as const)('on %s', (_what, path, bodyOf, seconds) => {
    const call = (address: string, n = 0, url = parley.url) =>
      new Client(url).post(path, bodyOf(n), from(address));
    const isRefused = async (address: string) => (await call(address)).status === 429;

    it('take two of an address and refuse the third', async () => {
      const address = newAddress();
      const [one, two, three] = await times(3, (n) => call(address, n));
      expect([one!.status, two!.status]).not.toContain(429);
      expectRefusal(three!, seconds);
      expect(three!.headers.get('ratelimit')).toMatch(/;r=0;t=\d+$/);
    });

    it("are each address's own", async () => {
      const address = newAddress();
      await times(3, (n) => call(address, n));
      expect(await isRefused(newAddress())).toBe(false);
    });

    it('count a network of IPv6 as one address', async () => {
      const network = `2001:db8:${(++addresses).toString(16)}`;
      await times(2, (n) => call(`${network}:1::${n}`, n));
      expect(await isRefused(`${network}:1:ffff::9`)).toBe(true);
      expect(await isRefused(`${network}:2::1`)).toBe(false);
    });

    it('are shared by replicas', async () => {
      const address = newAddress();
      await call(address, 0);
      await call(address, 1, replica.url);
      expect(await isRefused(address)).toBe(true);
    });

    it('let no more through when many come at once', async () => {
      const address = newAddress();
      const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => call(address, n)));
      expect(statuses(answers).filter((status) => status !== 429)).toHaveLength(2);
    });
  });
});
