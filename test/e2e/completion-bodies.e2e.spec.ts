import { gzipSync } from 'node:zlib';
import { aMember, withKey } from '../support/callers';
import { Client } from '../support/client';
import { aCompletion } from '../support/completions';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp, type ScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';

const CHAT = '//v1/chat/completions';
const JSON_TYPE = { 'Content-Type': 'application/json' };
const MEGABYTE = 1024 * 1024;
const MOST_VALUES = 100_000;
const MOST_DEPTH = 32;

type Envelope = { readonly error: { readonly code: string; readonly param: string | null } };

/** A call with so deep a parameter, the body's own level included. */
const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });

const asking = (more: object = {}) => ({
  model: 'custom/scripted',
  messages: [{ role: 'user', content: 'Hi' }],
  ...more,
});

describe('The body of a completion', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;
  let small: ScriptedApp;

  beforeAll(async () => {
    ({ parley, model } = await startScriptedApp());
    small = await startScriptedApp({ DATABASE_URL: parley.database.url, COMPLETIONS_MAX_BODY: '2000' });
    ana = await aMember(parley);
    model.answerAll((answer) => answer.json(aCompletion({ content: 'Hello' })));
    small.model.answerAll((answer) => answer.json(aCompletion({ content: 'Hello' })));
  });

  afterAll(async () => {
    await small.parley.close();
    await parley.close();
  });

  const chat = (body: unknown, client = ana) => client.post<Envelope>(CHAT, body);
  const chatRaw = (raw: string | Buffer, headers: Record<string, string> = JSON_TYPE, client = ana) =>
    client.post<Envelope>(CHAT, undefined, { raw, headers });
  /** Exactly so long. */
  const ofBytes = (bytes: number) => {
    const body = JSON.stringify(asking());
    return body + ' '.repeat(bytes - body.length);
  };

  it('may have 10 MB, and no byte more', async () => {
    expect((await chatRaw(ofBytes(10 * MEGABYTE))).status).toBe(200);
    expect(await chatRaw(ofBytes(10 * MEGABYTE + 1))).toMatchObject({
      status: 413,
      body: { error: { code: 'payload_too_large', type: 'invalid_request_error' } },
    });
  });

  it('reaches the provider whole where an image fills it', async () => {
    const url = `data:image/png;base64,${'A'.repeat(9 * MEGABYTE)}`;
    const content = [{ type: 'image_url', image_url: { url } }];
    expect((await chat(asking({ messages: [{ role: 'user', content }] }))).status).toBe(200);
    expect(model.calls.at(-1)!.body.messages[0]!.content).toEqual(content);
  });

  it('may have 10 MB as it is packed out', async () => {
    const headers = { ...JSON_TYPE, 'Content-Encoding': 'gzip' };
    expect((await chatRaw(gzipSync(ofBytes(10 * MEGABYTE)), headers)).status).toBe(200);
    expect((await chatRaw(gzipSync(ofBytes(10 * MEGABYTE + 1)), headers)).status).toBe(413);
  });

  it('may be smaller or larger by configuration', async () => {
    const send = (bytes: number) => chatRaw(ofBytes(bytes), JSON_TYPE, small.ana);
    expect([(await send(2000)).status, (await send(2001)).status]).toEqual([200, 413]);
  });

  it('holds nobody else up for long', async () => {
    const values = Array.from({ length: MOST_VALUES - 10 }, (_, n) => n);
    const url = `data:image/png;base64,${'A'.repeat(9 * MEGABYTE)}`;
    const content = [{ type: 'image_url', image_url: { url } }];
    const body = JSON.stringify(asking({ messages: [{ role: 'user', content }], values }));
    let longest = 0;
    let last = process.cpuUsage();
    const beat = setInterval(() => {
      const { user, system } = process.cpuUsage(last);
      longest = Math.max(longest, (user + system) / 1000);
      last = process.cpuUsage();
    }, 1);
    expect((await chatRaw(body)).status).toBe(200);
    clearInterval(beat);
    expect(longest).toBeLessThan(2_000); // parsing, checking, and writing it anew: some 100 ms each at worst, of the processor's time: others may hold this process up
  });

  it('may be nested as deep as any other', async () => {
    expect((await chat(asking({ deep: nested(MOST_DEPTH - 1) }))).status).toBe(200);
    const refused = await chat(asking({ deep: nested(MOST_DEPTH) }));
    expect(refused).toMatchObject({
      status: 400,
      body: { error: { code: 'malformed_request', param: null } },
    });
  });

  it('may have a hundred thousand values', async () => {
    const own = 6; // model, messages, the message, its two members, and the list
    const values = (count: number) => ({ values: Array.from({ length: count - own }, () => 1) });
    expect((await chat(asking(values(MOST_VALUES)))).status).toBe(200);
    expect(await chat(asking(values(MOST_VALUES + 1)))).toMatchObject({
      status: 400,
      body: { error: { code: 'malformed_request' } },
    });
  });

  it('may have members of any name, which reach the provider', async () => {
    const raw = JSON.stringify(
      asking({ tools: [{ properties: { constructor: 1, toString: 2, proto: 3 } }] }),
    );
    expect((await chatRaw(raw.replace('"proto"', '"__proto__"'))).status).toBe(200);
    const { tools } = model.calls.at(-1)!.body as unknown as { tools: { properties: object }[] };
    expect(Object.entries(tools[0]!.properties)).toEqual([
      ['constructor', 1],
      ['toString', 2],
      ['__proto__', 3],
    ]);
  });

  it.each([
    ['NUL', 'a\\u0000b'],
    ['half a surrogate pair', 'a\\ud83d'],
  ])('has no %s in it, whether a text or a name', async (_what, text) => {
    const raw = JSON.stringify(asking());
    for (const [at, param] of [
      [raw.replace('Hi', text), 'messages[0].content'],
      [raw.replace('"content"', `"${text}":1,"content"`), 'messages[0]'],
    ] as const)
      expect(await chatRaw(at)).toMatchObject({
        status: 400,
        body: { error: { code: 'validation_failed', param } },
      });
  });

  it('is not UTF-8 in vain', async () => {
    const raw = Buffer.from(JSON.stringify(asking()).replace('Hi', 'H\xff'), 'latin1');
    expect(await chatRaw(raw)).toMatchObject({ status: 400, body: { error: { code: 'malformed_request' } } });
  });

  it('is not even looked at where it comes from somebody who may not ask', async () => {
    const large = ofBytes(11 * MEGABYTE);
    expect((await chatRaw(large, JSON_TYPE, new Client(parley.url))).status).toBe(401);
    expect((await chatRaw('{', JSON_TYPE, new Client(parley.url))).status).toBe(401);
    expect((await chatRaw('{', JSON_TYPE, await withKey(ana, ['read']))).status).toBe(403);
  });

  it('is large on that path alone', async () => {
    const raw = `{"title":"x"}${' '.repeat(100 * 1024)}`;
    expect((await ana.post('/conversations', undefined, { raw, headers: JSON_TYPE })).status).toBe(413);
  });
});
