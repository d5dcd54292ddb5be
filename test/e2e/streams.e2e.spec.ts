import type { MessageResponse } from '../../src/conversations/message.dto';
import { Client } from '../support/client';
import { textOf } from '../support/event-stream';
import { Listener } from '../support/listener';
import { pauseAnswer } from '../support/paused-answer';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';
import { waitUntil } from '../support/wait-until';

describe('Streams', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;

  beforeAll(async () => ({ parley, model, ana } = await startScriptedApp()));

  afterAll(() => parley.close());

  /** Asks, and hears the beginning of the answer. */
  async function begin(...parts: readonly string[][]) {
    const answer = pauseAnswer(model, ...parts);
    const { id } = await ana.conversation();
    const asker = new Listener(await ana.ask(id, answer.question));
    await asker.hears(answer.beginning);
    return { ...answer, id, asker, replyId: await asker.replyId() };
  }

  const callsWith = (question: string) => model.calls.filter((call) => call.question === question);
  const stored = (id: string, replyId: string) =>
    waitUntil(async () => {
      const message = await ana.message(id, replyId);
      return message.completedAt && message;
    }, 'the end of the reply');

  it('carry an answer from its question to its end', async () => {
    const { id } = await ana.conversation();
    const stream = await ana.ask(id, 'Where is it cold?');
    expect(stream.headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(stream.headers.get('x-accel-buffering')).toBe('no');
    const events = await stream.all();
    expect(events[0]).toMatchObject({ id: 0, type: 'message.created' });
    expect(textOf(events)).toBe('You said: Where is it cold?');
    const last = events.at(-1)!;
    expect(last.type).toBe('message.completed');
    expect(last.id).toBe(textOf(events).length);
    const message = last.data.message as MessageResponse;
    await expect(ana.message(id, message.id)).resolves.toEqual(message);
  });

  it('name each event after the length of the text up to and including it', async () => {
    const { asker, goOn } = await begin();
    goOn();
    let text = '';
    for (const event of await asker.done) {
      text += event.type === 'message.delta' ? (event.data.delta as string) : '';
      expect(event.id).toBe(text.length);
    }
  });

  it('may be closed in the middle: the whole answer is there afterwards, and the model was asked once', async () => {
    const { question, beginning, text, goOn } = pauseAnswer(model);
    const { id } = await ana.conversation();
    const stream = await ana.ask(id, question);
    const [created] = await stream.until((_, seen) => seen === beginning);
    const { id: replyId } = created!.data.reply as MessageResponse;
    goOn();
    await expect(stored(id, replyId)).resolves.toMatchObject({ status: 'completed', content: text });
    expect(callsWith(question)).toHaveLength(1);
    await expect(callsWith(question)[0]!.ended).resolves.toBe('answered');
  });

  it('are not needed: an answer whose asker left without one is written to its end', async () => {
    const { question, text, goOn } = pauseAnswer(model);
    const { id } = await ana.conversation();
    const asker = new AbortController();
    const sent = ana.post(`/conversations/${id}/messages`, { content: question }, { signal: asker.signal });
    await waitUntil(() => callsWith(question).length > 0, 'the call');
    asker.abort();
    await expect(sent).rejects.toThrow();
    goOn();
    const { activeLeafId } = (await ana.get<{ activeLeafId: string }>(`/conversations/${id}`)).body;
    await expect(stored(id, activeLeafId)).resolves.toMatchObject({ status: 'completed', content: text });
    expect(callsWith(question)).toHaveLength(1);
  });

  it('give five readers the same', async () => {
    const { id, replyId, asker, text, goOn } = await begin();
    const readers = [asker];
    for (let n = 0; n < 4; n++) readers.push(new Listener(await ana.rejoin(id, replyId, 0)));
    await Promise.all(readers.map((reader) => reader.hears('Oslo is ')));
    goOn();
    const ends = (await Promise.all(readers.map(({ done }) => done))).map((events) => events.at(-1));
    expect(readers.map((reader) => reader.text)).toEqual(Array(5).fill(text));
    for (const end of ends) expect(end).toEqual(ends[0]);
  });

  it('bring a surrogate pair in one piece that the model sent in two', async () => {
    const { asker, goOn } = await begin(['Oslo is '], ['cold \ud83d', '\ude00!\0']);
    goOn();
    const events = await asker.done;
    for (const { data } of events) expect(JSON.stringify(data)).not.toMatch(/\\ud[89a-f]/);
    expect(asker.text).toBe('Oslo is cold 😀!\ufffd');
    expect(events.at(-1)!.data.message).toMatchObject({ content: 'Oslo is cold 😀!\ufffd' });
  });

  it('answer HEAD with their headers alone', async () => {
    const { id } = await ana.conversation();
    const { reply } = await ana.send(id, 'Where is it cold?');
    const path = `${parley.url}/api/v1/conversations/${id}/messages/${reply.id}/stream`;
    const headers = { Authorization: `Bearer ${ana.tokens!.accessToken}` };
    const response = await fetch(path, { method: 'HEAD', headers });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  it('are refused with a plain problem before the first byte', async () => {
    const { id } = await ana.conversation();
    const ben = await Client.guest(parley.url);
    const path = `/conversations/${id}/messages/stream`;
    await expect(ben.post(path, { content: 'Hi' })).resolves.toMatchObject({ status: 404 });
    await expect(ana.post(path, { content: ' ' })).resolves.toMatchObject({ status: 400 });
    const headers = { Accept: 'text/event-stream' };
    const unknown = await ana.post(path, { content: 'Hi', model: 'custom/none' }, { headers });
    expect(unknown).toMatchObject({ status: 400, body: { code: 'unknown_model' } });
    expect((await ana.get<{ messageCount: number }>(`/conversations/${id}`)).body.messageCount).toBe(0);
  });

  it('are refused while another reply is being written, which is named', async () => {
    const { id, replyId, asker, goOn } = await begin();
    const refused = await ana.post(`/conversations/${id}/messages/stream`, { content: 'And now?' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'reply_in_progress', replyId } });
    goOn();
    await asker.done;
  });
});
