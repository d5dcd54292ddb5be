import { DataSource } from 'typeorm';
import type { UsageReportResponse } from '../../src/account/usage.dto';
import { countTokens } from '../../src/common/tokens';
import { aMember } from '../support/callers';
import type { Client } from '../support/client';
import { aCompletion, asking, complete, stream, textOfAll } from '../support/completions';
import { newGate } from '../support/gate';
import { makePatient } from '../support/patient-database';
import type { RunningApp } from '../support/running-app';
import { USAGE } from '../support/scripted-answer';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';
import { waitUntil } from '../support/wait-until';

const QUOTA = 100_000;
/** Of a model that nothing is known of. */
const MOST_OUTPUT = 4_096;

describe('What completions take', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;

  beforeAll(async () => {
    ({ parley, model } = await startScriptedApp({ QUOTA_TOKENS: String(QUOTA) }));
  });

  beforeEach(async () => {
    ana = await aMember(parley);
    model.answerAll((answer, { body }) =>
      body.stream ? answer.whole('Hello') : answer.json(aCompletion({ content: 'Hello' })),
    );
  });

  afterAll(() => parley.close());

  const report = async () => (await ana.get<UsageReportResponse>('/users/me/usage')).body;
  const taken = async () =>
    (await report()).data.map(({ model: id, replies, promptTokens, completionTokens }) => ({
      ...{ model: id, replies, promptTokens, completionTokens },
    }));
  const once = (promptTokens: number, completionTokens: number) => [
    { model: 'custom/scripted', replies: 1, promptTokens, completionTokens },
  ];
  const reserved = async () =>
    (
      await parley.database.query<{ tokens: string }>(
        'select tokens from usage_reservations where user_id = $1',
        [ana.tokens!.user.id],
      )
    ).map(({ tokens }) => Number(tokens));

  const whole = (asked: object = {}) => complete(ana, { messages: asking('Hi'), ...asked });
  const streamed = async (asked: object = {}) =>
    textOfAll((await stream(ana, { messages: asking('Hi'), ...asked })).chunks);

  it.each([
    ['whole', whole],
    ['streamed', streamed],
    ['whole and kept', () => whole({ store: true })],
    ['streamed and kept', () => streamed({ store: true })],
  ])('is what the provider counts, and nothing stays set aside: %s', async (_how, act) => {
    await act();
    expect(await taken()).toEqual(once(USAGE.prompt_tokens, USAGE.completion_tokens));
    expect(await reserved()).toEqual([]);
    expect((await report()).quota.usedTokens).toBe(USAGE.total_tokens);
  });

  it('is not counted twice where an answer is given again', async () => {
    for (let n = 0; n < 3; n++) await whole({ store: true, key: 'once' });
    expect(await taken()).toEqual(once(USAGE.prompt_tokens, USAGE.completion_tokens));
  });

  const during = async (asked: object): Promise<number[]> => {
    const gate = newGate();
    model.answerAll(async (answer) => {
      await gate.opened;
      answer.json(aCompletion({ content: 'Hello' }));
    });
    const call = complete(ana, { messages: asking('Hello there'), ...asked });
    await waitUntil(async () => (await reserved()).length > 0, 'a reservation');
    const found = await reserved();
    gate.open();
    await call;
    return found;
  };

  it.each<[string, object, number]>([
    ['what the model can answer', {}, 2 + MOST_OUTPUT],
    ['what it may answer', { max_tokens: 10 }, 2 + 10],
    ['what it may answer, in the newer word', { max_completion_tokens: 20 }, 2 + 20],
    ['the more of the two, where they differ', { max_completion_tokens: 1, max_tokens: 30 }, 2 + 30],
    ['the tools', { max_tokens: 10, tools: ['hello there'] }, 2 + countTokens('\n["hello there"]') + 10],
    [
      'a thousand for each image',
      {
        max_tokens: 10,
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Hello there' },
              { type: 'image_url', image_url: { url: 'data:,' } },
              { type: 'image_url', image_url: { url: 'data:,' } },
            ],
          },
        ],
      },
      2 + 2_000 + 10,
    ],
  ])('is set aside while a call goes on: what it is given, and %s', async (_what, asked, tokens) => {
    expect(await during(asked)).toEqual([tokens]);
    expect(await reserved()).toEqual([]);
  });

  it('is estimated where the provider counts nothing, tool calls included', async () => {
    model.answerAll((answer, { body }) => {
      const tool_calls = [
        { id: 'call_1', type: 'function', function: { name: 'weather', arguments: ' hello' } },
      ];
      if (!body.stream) return answer.json(aCompletion({ tool_calls }, 'tool_calls', null));
      answer.text('Hello', ' there');
      answer.finish();
    });
    await whole();
    expect(await taken()).toEqual(once(1, 2));
    await streamed();
    expect(await taken()).toEqual([{ ...once(2, 4)[0], replies: 2 }]);
  });

  it('is estimated up to where a stream has failed, and where its reader has left', async () => {
    model.answer('Break off', async (answer) => {
      answer.text('Hello', ' there');
      await answer.cut();
    });
    model.answer('Go on', async (answer) => {
      answer.text('Hello', ' there');
      await answer.hang();
    });
    await expect(streamed({ messages: asking('Break off') })).rejects.toThrow();
    const { completionTokens } = (await taken())[0]!;
    expect(completionTokens).toBeLessThanOrEqual(2); // a cut can lose what was sent just before it
    const { chunks } = await stream(ana, { messages: asking('Go on') });
    for await (const chunk of chunks) if (chunk.choices[0]?.delta.content === ' there') break;
    await waitUntil(async () => (await taken())[0]!.replies === 2, 'the second count');
    expect(await taken()).toMatchObject([{ completionTokens: completionTokens + 2 }]);
    expect(await reserved()).toEqual([]);
  });

  it('is nothing where the provider has not begun', async () => {
    model.answerAll((answer) => answer.refuse(500));
    await expect(whole()).rejects.toMatchObject({ status: 503 });
    await expect(whole({ store: true })).rejects.toMatchObject({ status: 503 });
    expect([await taken(), await reserved()]).toEqual([[], []]);
  });

  it.each([true, false])(
    'is what it was given where the caller gives up before anything came, streaming: %s',
    async (isStream) => {
      model.answerAll((answer) => answer.hang());
      const patience = new AbortController();
      const call = expect(whole({ stream: isStream, signal: patience.signal })).rejects.toThrow('aborted');
      const before = model.calls.length;
      await waitUntil(() => model.calls.length > before, 'the call');
      patience.abort();
      await call;
      await waitUntil(async () => (await reserved()).length === 0, 'the end of the call');
      expect(await taken()).toEqual(once(1, 0));
    },
  );

  it('is held to the quota of the account, fifty at once included', async () => {
    await makePatient(parley.app.get(DataSource));
    await parley.database.query('update users set quota_tokens = 12 where id = $1', [ana.tokens!.user.id]);
    const all = await Promise.allSettled(Array.from({ length: 50 }, () => whole()));
    const refused = all.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused).toHaveLength(49);
    expect(new Set(refused.map(({ reason }) => (reason as { code: string }).code))).toEqual(
      new Set(['quota_exceeded']),
    );
    expect(await taken()).toEqual(once(USAGE.prompt_tokens, USAGE.completion_tokens));
  });
});
