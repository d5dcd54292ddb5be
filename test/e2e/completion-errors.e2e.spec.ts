import OpenAI from 'openai';
import { anAdmin, aMember, changeAccount, withKey } from '../support/callers';
import { Client, type Answered } from '../support/client';
import { aCompletion } from '../support/completions';
import { openAiOf } from '../support/openai-client';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';

const CHAT = '//v1/chat/completions';
const HI = { model: 'custom/scripted', messages: [{ role: 'user', content: 'Hi' }] };

interface Envelope {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string;
  };
}

/** That it is OpenAI's envelope and nothing else. */
function expectEnvelope(
  { status, headers, body }: Answered<Envelope>,
  wanted: { status: number; type: string; code: string; param?: string | null },
): void {
  const { status: wantedStatus, ...error } = { param: null, ...wanted };
  expect(status).toBe(wantedStatus);
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(headers.get('x-request-id')).toMatch(/./);
  expect(body).toEqual({ error: { message: expect.stringMatching(/^\S.*\.$/) as string, ...error } });
}

describe('Under /v1 an error', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;
  let openai: OpenAI;

  beforeAll(async () => {
    ({ parley, model } = await startScriptedApp({ LLM_BREAKER_RESET: '1ms' })); // many of its calls fail
    ana = await aMember(parley);
    openai = openAiOf(ana);
  });

  afterAll(() => parley.close());

  const chat = (body: unknown, client = ana) => client.post<Envelope>(CHAT, body);

  it.each<[string, object, string]>([
    ['no model', { model: undefined }, 'model'],
    ['a model that is no text', { model: 1 }, 'model'],
    ['no messages', { messages: undefined }, 'messages'],
    ['an empty list of messages', { messages: [] }, 'messages'],
    ['messages that are no list', { messages: 'Hi' }, 'messages'],
    ['a message that is none', { messages: [...HI.messages, 'Hi'] }, 'messages[1]'],
    ['a message of nobody', { messages: [{ content: 'Hi' }] }, 'messages[0].role'],
    [
      'a message of somebody unknown',
      { messages: [{ role: 'toString', content: 'Hi' }] },
      'messages[0].role',
    ],
    ['a question without content', { messages: [{ role: 'user' }] }, 'messages[0].content'],
    ['a question that is null', { messages: [{ role: 'user', content: null }] }, 'messages[0].content'],
    ['a question that is a number', { messages: [{ role: 'user', content: 1 }] }, 'messages[0].content'],
    ['a question without parts', { messages: [{ role: 'user', content: [] }] }, 'messages[0].content'],
    [
      'a part without a type',
      { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] },
      'messages[0].content[0]',
    ],
    [
      'a text part without text',
      { messages: [{ role: 'user', content: [{ type: 'text' }] }] },
      'messages[0].content[0]',
    ],
    ['stream that is text', { stream: 'yes' }, 'stream'],
    ['store that is a number', { store: 1 }, 'store'],
    ['stream_options that are a list', { stream_options: [] }, 'stream_options'],
    ['two choices', { n: 2 }, 'n'],
    ['max_tokens that are none', { max_tokens: 0 }, 'max_tokens'],
    ['max_completion_tokens in text', { max_completion_tokens: '5' }, 'max_completion_tokens'],
  ])('names what is not valid: %s', async (_what, more, param) => {
    const refused = await chat({ ...HI, ...more });
    expectEnvelope(refused, { status: 400, type: 'invalid_request_error', code: 'validation_failed', param });
    expect(refused.body.error.message).toContain(`${param}: must`);
  });

  it('is none where members are null, as OpenAI takes them', async () => {
    model.answer('Hi', (answer) => answer.json(aCompletion({ content: 'Hello' })));
    const nothing = { stream: null, store: null, stream_options: null, n: null, max_tokens: null };
    expect((await chat({ ...HI, ...nothing })).status).toBe(200);
    expect(
      (await chat({ ...HI, messages: [...HI.messages, { role: 'assistant' }, ...HI.messages] })).status,
    ).toBe(200);
  });

  it('says which model there is not', async () => {
    const refused = await chat({ ...HI, model: 'no/such' });
    expectEnvelope(refused, { status: 400, type: 'invalid_request_error', code: 'unknown_model' });
  });

  it('is told so when there is no body, or one of another kind', async () => {
    const invalid = { status: 400, type: 'invalid_request_error' };
    expectEnvelope(await chat(undefined), { ...invalid, code: 'validation_failed', param: 'model' });
    const send = (raw: string, type: string) =>
      ana.post<Envelope>(CHAT, undefined, { raw, headers: { 'Content-Type': type } });
    expectEnvelope(await send('{"model"', 'application/json'), { ...invalid, code: 'malformed_request' });
    expectEnvelope(await send('[]', 'application/json'), {
      ...invalid,
      code: 'validation_failed',
      param: '',
    });
    expectEnvelope(await send('Hi', 'text/plain'), {
      ...invalid,
      status: 415,
      code: 'unsupported_media_type',
    });
  });

  it('is told of a path and a method that are not there', async () => {
    const invalid = { type: 'invalid_request_error' };
    expectEnvelope(await ana.get('//v1/nope'), { ...invalid, status: 404, code: 'not_found' });
    expectEnvelope(await ana.get('//V1'), { ...invalid, status: 404, code: 'not_found' });
    const wrong = await ana.get<Envelope>(CHAT);
    expectEnvelope(wrong, { ...invalid, status: 405, code: 'method_not_allowed' });
    expect(wrong.headers.get('allow')).toBe('POST');
  });

  it('is a problem document a letter beside /v1', async () => {
    const { headers } = await ana.get('//v11/models');
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it('names a query and a key that are not valid', async () => {
    const invalid = { status: 400, type: 'invalid_request_error', code: 'validation_failed' };
    expectEnvelope(await ana.get('//v1/models?limit=1'), { ...invalid, param: 'query.limit' });
    const keyed = await ana.post<Envelope>(CHAT, HI, { headers: { 'Idempotency-Key': 'a key' } });
    expectEnvelope(keyed, { ...invalid, param: 'header.Idempotency-Key' });
  });

  it('is of the class that the SDK has for it', async () => {
    const create = (client: Client, body: object = HI) =>
      openAiOf(client).chat.completions.create(body as never);
    const disabled = await aMember(parley);
    await changeAccount(parley, disabled, 'disabled_at = now()');
    await expect(create(new Client(parley.url))).rejects.toThrow(OpenAI.AuthenticationError);
    await expect(create(await withKey(ana, ['read']))).rejects.toThrow(OpenAI.PermissionDeniedError);
    await expect(create(disabled)).rejects.toMatchObject({
      code: 'account_disabled',
      type: 'permission_error',
    });
    await expect(create(ana, { ...HI, messages: [] })).rejects.toThrow(OpenAI.BadRequestError);
    await expect(create(new Client(parley.url))).rejects.toMatchObject({
      ...{ status: 401, code: 'unauthenticated', type: 'authentication_error', param: null },
      error: { message: expect.stringMatching(/./) as string },
    });
  });

  it("has a sign-in's own words", async () => {
    const { headers } = await new Client(parley.url).get('//v1/models');
    expect(headers.get('www-authenticate')).toBe('Bearer realm="parley"');
  });

  it('tells that the quota is used up, and when it is no more', async () => {
    const [admin, ben] = [await anAdmin(parley), await aMember(parley)];
    await admin.patch(`/users/${ben.tokens!.user.id}`, { quotaTokens: 0 });
    const refused = await chat(HI, ben);
    expectEnvelope(refused, { status: 429, type: 'insufficient_quota', code: 'quota_exceeded' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await expect(openAiOf(ben).chat.completions.create(HI as never)).rejects.toThrow(OpenAI.RateLimitError);
  });

  it.each<[string, number, number, string]>([
    ['a 401', 401, 503, 'model_unavailable'],
    ['a 429', 429, 503, 'model_unavailable'],
    ['a 500', 500, 503, 'model_unavailable'],
    ['a 400', 400, 502, 'model_failed'],
  ])("never is the provider's own: %s", async (_what, status, wanted, code) => {
    model.answer('Refuse', (answer) => answer.refuse(status, 'canary'));
    for (const stream of [true, false]) {
      const refused = await chat({ ...HI, messages: [{ role: 'user', content: 'Refuse' }], stream });
      expectEnvelope(refused, { status: wanted, type: 'server_error', code });
      expect(JSON.stringify(refused.body)).not.toContain('canary');
    }
  });

  it('ends a stream that has begun, and is the last thing in it', async () => {
    model.answer('Break off', async (answer) => {
      answer.text('Oslo is ');
      await answer.cut();
    });
    const asked = { ...HI, messages: [{ role: 'user', content: 'Break off' }], stream: true };
    const text = await openai.chat.completions
      .create(asked as never)
      .asResponse()
      .then((response) => response.text());
    const frames = text
      .trimEnd()
      .split('\n\n')
      .map((frame) => JSON.parse(frame.slice('data: '.length)) as Envelope);
    expect(frames.at(-1)).toMatchObject({
      error: { type: 'server_error', code: 'model_failed', param: null },
    });
    expect(frames.length).toBeLessThanOrEqual(2);
    const stream = await openai.chat.completions.create(asked as never);
    const read = async () => {
      for await (const chunk of stream as unknown as AsyncIterable<unknown>) void chunk;
    };
    await expect(read()).rejects.toThrow(OpenAI.APIError);
  });
});
