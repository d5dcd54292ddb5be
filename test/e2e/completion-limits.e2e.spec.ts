import { newId } from '../../src/common/ids';
import { aMember } from '../support/callers';
import type { Client } from '../support/client';
import { asking, complete, saying } from '../support/completions';
import { newGate } from '../support/gate';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';
import { waitUntil } from '../support/wait-until';

const MOST = 1_000;
const LIMITS = {
  RATE_LIMITS: 'on',
  LIMIT_SEND: '3/1m',
  LIMIT_REGISTER: `${MOST}/1m`,
  LIMIT_SEND_ADDRESS: `${MOST}/1m`,
  LIMIT_DEFAULT: `${MOST}/1m`,
};

describe('The limits of completions', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;
  let key: string;

  beforeAll(async () => {
    ({ parley, model } = await startScriptedApp(LIMITS));
    model.answerAll((answer, call) => saying('You said: ', call.question)(answer, call));
  });

  beforeEach(async () => {
    ana = await aMember(parley);
    key = newId();
  });

  afterAll(() => parley.close());

  const kept = (more: object = {}) => ({ messages: asking('Hi'), store: true, key, ...more });
  const TOO_MANY = { status: 429, code: 'rate_limited', type: 'rate_limit_error' };

  it('are those of sends, and say what is left', async () => {
    const left = [];
    for (let n = 0; n < 3; n++) left.push((await complete(ana, 'Hi')).headers.get('ratelimit'));
    expect(left).toEqual(
      [2, 1, 0].map(
        (r) => expect.stringMatching(new RegExp(`"sendAddress";r=\\d+;t=\\d+, "send";r=${r};`)) as string,
      ),
    );
    await expect(complete(ana, 'Hi')).rejects.toMatchObject(TOO_MANY);
    const { id } = await ana.conversation();
    const sent = await ana.post(`/conversations/${id}/messages`, { content: 'Hi' });
    expect(sent).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  });

  it('say when to ask again', async () => {
    for (let n = 0; n < 3; n++) await complete(ana, 'Hi');
    const body = { model: 'custom/scripted', messages: asking('Hi') };
    const { status, headers } = await ana.post('//v1/chat/completions', body);
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('are the default one for the models', async () => {
    const { headers } = await ana.get('//v1/models');
    expect(headers.get('ratelimit-policy')).toBe(`"default";q=${MOST};w=60`);
    expect(headers.get('ratelimit')).toMatch(/^"default";r=\d+;t=\d+$/);
  });

  it('do not count answers that are given again', async () => {
    for (let n = 0; n < 5; n++) expect((await complete(ana, kept())).completion.choices).toHaveLength(1);
  });

  it('count calls under a known key that keep nothing', async () => {
    await complete(ana, kept());
    for (let n = 0; n < 2; n++) await complete(ana, kept({ store: false }));
    await expect(complete(ana, kept({ store: false }))).rejects.toMatchObject(TOO_MANY);
  });

  it('count who comes by a key after a wait, since that calls a model', async () => {
    const gate = newGate();
    model.answer('Fail', async (answer) => {
      await gate.opened;
      answer.refuse(401);
    });
    const asked = kept({ messages: asking('Fail') });
    const before = model.calls.length;
    const first = complete(ana, asked);
    first.catch(() => undefined); // told below
    await waitUntil(() => model.calls.length > before, 'the call');
    const others = Array.from({ length: 5 }, () => complete(ana, asked));
    const all = Promise.allSettled([first, ...others]);
    gate.open();
    const statuses = (await all).map(
      (outcome) => (outcome as PromiseRejectedResult).reason as { status: number },
    );
    expect(statuses.map(({ status }) => status).toSorted()).toEqual([429, 429, 429, 503, 503, 503]);
    expect(model.calls.length - before).toBe(3);
  });
});
