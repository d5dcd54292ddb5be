import fc from 'fast-check';
import { textAfter } from '../../src/conversations/replies/reply.buffer';
import { Client } from '../support/client';
import { textOf } from '../support/event-stream';
import { Listener } from '../support/listener';
import { pauseAnswer } from '../support/paused-answer';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';

const PIECES = ['Oslo 😀', ' is', ' cold 👩‍👩‍👧', ' in', ' January', ' 🥶.'];

describe('Rejoining a reply', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;

  beforeAll(async () => ({ parley, model, ana } = await startScriptedApp()));
  afterAll(() => parley.close());

  async function begin() {
    const answer = pauseAnswer(model, PIECES.slice(0, 3), PIECES.slice(3));
    const { id } = await ana.conversation();
    const asker = new Listener(await ana.ask(id, answer.question));
    await asker.hears(answer.beginning);
    const replyId = await asker.replyId();
    return { ...answer, id, asker, replyId, path: `/conversations/${id}/messages/${replyId}/stream` };
  }

  it('anywhere, while it is written and afterwards, gives exactly the rest', async () => {
    const { id, replyId, text, asker, goOn } = await begin();
    const offsets = fc.sample(fc.nat(text.length), 8);
    const during = [];
    for (const after of offsets) during.push(new Listener(await ana.rejoin(id, replyId, after)));
    goOn();
    const last = (await asker.done).at(-1);
    for (const [n, after] of offsets.entries()) {
      const rest = textAfter(text, after);
      const events = [await during[n]!.done, await (await ana.rejoin(id, replyId, after)).all()];
      expect(events.map(textOf)).toEqual([rest, rest]);
      for (const seen of events) expect(seen.at(-1)).toEqual(last);
    }
  });

  it('again and again gives the text without a gap or a repetition', async () => {
    const { id, replyId, text, goOn } = await begin();
    const parts: string[] = [];
    let after = 0;
    while (after < text.length) {
      if (after > 5) goOn();
      const events = await (await ana.rejoin(id, replyId, after)).until(({ id: end }) => end! > after);
      parts.push(textOf(events));
      after = events.at(-1)!.id!;
    }
    expect(parts.join('')).toBe(text);
  });

  it('goes on after the last event that an EventSource names, unless the query says otherwise', async () => {
    const { id, path, replyId, text, asker, goOn } = await begin();
    goOn();
    await asker.done;
    const rejoin = async (query: string, lastEventId: string) => {
      const headers = { 'Last-Event-ID': lastEventId };
      return textOf(await (await ana.stream('GET', `${path}${query}`, undefined, { headers })).all());
    };
    expect(await rejoin('', '5')).toBe(text.slice(5));
    expect(await rejoin('?after=8', '5')).toBe(text.slice(8));
    expect(await rejoin('?after=8', 'nonsense')).toBe(text.slice(8));
    expect(textOf(await (await ana.stream('GET', path)).all())).toBe(text);
    expect(textOf(await (await ana.rejoin(id, replyId, 0)).all())).toBe(text);
  });

  it('at the end or beyond it gives the last event alone', async () => {
    const { id, replyId, text, asker, goOn } = await begin();
    const early = new Listener(await ana.rejoin(id, replyId, 1_000_000));
    goOn();
    const last = (await asker.done).at(-1);
    await expect(early.done).resolves.toEqual([last]);
    for (const after of [text.length, text.length + 1, 999_999_999_999_999])
      await expect((await ana.rejoin(id, replyId, after)).all()).resolves.toEqual([last]);
  });

  it.each(['-1', '1.5', '1e3', 'abc', '', '%201', '1234567890123456', '1&after=2', '0x10'])(
    'from %p is refused',
    async (after) => {
      const { id } = await ana.conversation();
      const { reply } = await ana.send(id, 'Hi');
      const { status, body } = await ana.get(
        `/conversations/${id}/messages/${reply.id}/stream?after=${after}`,
      );
      expect([status, body.code]).toEqual([400, 'validation_failed']);
      expect(new Set(body.errors!.map(({ path }) => path))).toEqual(new Set(['query.after']));
    },
  );

  it('after an event id that is none of ours is refused', async () => {
    const { id } = await ana.conversation();
    const { reply } = await ana.send(id, 'Hi');
    for (const lastEventId of ['abc', '-1', '1.5', '1234567890123456']) {
      const headers = { 'Last-Event-ID': lastEventId };
      const { status, body } = await ana.get(`/conversations/${id}/messages/${reply.id}/stream`, { headers });
      expect([status, body.code]).toEqual([400, 'validation_failed']);
    }
  });

  it('is for replies, in their conversation, and for their owner', async () => {
    const [{ id }, elsewhere] = [await ana.conversation(), await ana.conversation()];
    const { message, reply } = await ana.send(id, 'Hi');
    const ben = await Client.guest(parley.url);
    const statusOf = async (client: Client, conversationId: string, messageId: string) =>
      (await client.get(`/conversations/${conversationId}/messages/${messageId}/stream`)).status;
    expect(await statusOf(ana, id, message.id)).toBe(404);
    expect(await statusOf(ana, elsewhere.id, reply.id)).toBe(404);
    expect(await statusOf(ben, id, reply.id)).toBe(404);
  });
});
