import { Client } from '../support/client';
import { newId } from '../../src/common/ids';
import { pauseAnswer } from '../support/paused-answer';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';
import { SocketClient } from '../support/socket-client';
import { waitUntil } from '../support/wait-until';

describe('A reply over a socket', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;
  let socket: SocketClient;

  beforeAll(async () => ({ parley, model, ana } = await startScriptedApp()));
  beforeEach(async () => (socket = await SocketClient.signedIn(ana)));
  afterEach(() => socket.close());
  afterAll(() => parley.close());

  const send = (content: string, conversationId: string | null = null, more: object = {}, by = socket) =>
    by.ask({ type: 'message.send', conversationId, content, ...more });

  /** An answer that has begun and waits, in a conversation of its own. */
  async function begin(by = socket) {
    const answer = pauseAnswer(model);
    const requestId = send(answer.question, null, {}, by);
    const { reply } = await by.created(requestId);
    await by.hears(requestId, answer.beginning);
    const place = { conversationId: reply.conversationId, messageId: reply.id };
    return { ...answer, requestId, reply, place };
  }

  const conversations = async () =>
    (await ana.get<{ data: unknown[] }>('/conversations?limit=100')).body.data;
  const callsWith = (question: string) => model.calls.filter((call) => call.question === question);

  it('comes from its question to its end, each event with the request and the length so far', async () => {
    const { id } = await ana.conversation();
    const requestId = send(' Where is it cold? ', id);
    const events = await socket.all(requestId);
    expect(events[0]).toMatchObject({ type: 'message.created', id: 0, message: { conversationId: id } });
    expect(events[0]!.message!.content).toBe('Where is it cold?');
    let text = '';
    for (const event of events) {
      text += event.delta ?? '';
      expect(event).toMatchObject({ requestId, id: text.length });
    }
    const last = events.at(-1)!;
    expect(last).toMatchObject({ type: 'message.completed', message: { content: text } });
    await expect(ana.message(id, last.message!.id)).resolves.toEqual(last.message);
  });

  it('makes its conversation where there is none, and the next question follows it there', async () => {
    const before = (await conversations()).length;
    const { message, reply } = await socket.created(send('Is it new?'));
    expect(message).toMatchObject({ parentId: null, content: 'Is it new?' });
    const { body } = await ana.get(`/conversations/${reply.conversationId}`);
    expect(body).toMatchObject({ title: null, messageCount: 2, activeLeafId: reply.id, archived: false });
    expect(await conversations()).toHaveLength(before + 1);
    await waitUntil(() => socket.frames.some(({ type }) => type === 'message.completed'), 'the end');
    const next = await socket.created(send('And now?', reply.conversationId));
    expect(next.message.parentId).toBe(reply.id);
  });

  it.each([
    ['an unknown model', { model: 'custom/none' }, 'unknown_model'],
    ['a parent from elsewhere', { parentId: newId() }, 'not_found'],
    ['too long a question', { content: 'x'.repeat(5_001) }, 'validation_failed'],
  ])('that is refused for %s leaves no conversation behind', async (_why, more, code) => {
    const before = await conversations();
    const problem = await socket.refusal({
      type: 'message.send',
      conversationId: null,
      content: 'Hi',
      ...more,
    });
    expect(problem.code).toBe(code);
    expect(await conversations()).toEqual(before);
  });

  it('starts a new branch at the parent that is named', async () => {
    const { reply } = await socket.created(send('Is it new?'));
    await waitUntil(() => socket.frames.some(({ type }) => type === 'message.completed'), 'the end');
    const edited = await socket.created(send('Is it old?', reply.conversationId, { parentId: null }));
    expect(edited.message).toMatchObject({ parentId: null });
    expect(edited.message.siblingIds).toHaveLength(2);
  });

  it('can be made anew beside the former one', async () => {
    const { id } = await ana.conversation();
    const { message, reply } = await ana.send(id, 'Where is it cold?');
    const requestId = socket.ask({ type: 'message.regenerate', conversationId: id, messageId: reply.id });
    const events = await socket.all(requestId);
    expect(events[0]).toMatchObject({ type: 'message.created', id: 0, message: { id: message.id } });
    expect(events.at(-1)!.type).toBe('message.completed');
    expect(events.at(-1)!.message!.siblingIds).toEqual([reply.id, events[0]!.reply!.id]);
    const ofQuestion = { type: 'message.regenerate', conversationId: id, messageId: message.id };
    expect((await socket.refusal(ofQuestion)).code).toBe('not_found');
  });

  it('is one at a time in a conversation; the one in the way is named', async () => {
    const { place, reply, goOn, requestId } = await begin();
    const frame = { type: 'message.send', conversationId: place.conversationId, content: 'And now?' };
    const problem = await socket.refusal(frame);
    expect(problem).toMatchObject({ code: 'reply_in_progress', status: 409, replyId: reply.id });
    goOn();
    await socket.all(requestId);
  });

  it('does not hold up other replies on the same socket', async () => {
    const [first, second] = [await begin(), await begin()];
    second.goOn();
    await socket.all(second.requestId);
    expect(socket.textOf(second.requestId)).toBe(second.text);
    expect(socket.textOf(first.requestId)).toBe(first.beginning);
    first.goOn();
    await socket.all(first.requestId);
    expect(socket.textOf(first.requestId)).toBe(first.text);
  });

  it('that fails ends with the event that says so', async () => {
    model.answer('Why?', (answer) => answer.refuse(500));
    const last = (await socket.all(send('Why?'))).at(-1)!;
    expect(last).toMatchObject({ type: 'message.failed', message: { error: { code: 'model_unavailable' } } });
  });

  it('goes on when the socket closes, and can be joined again at any place', async () => {
    const { place, question, beginning, text, goOn } = await begin();
    await socket.close();
    socket = await SocketClient.signedIn(ana);
    const resume = (after: number) => socket.ask({ type: 'message.resume', ...place, after });
    const [all, rest] = [resume(0), resume(beginning.length)];
    await socket.hears(all, beginning);
    goOn();
    const events = await socket.all(rest);
    expect(events.map(({ type }) => type)).not.toContain('message.created');
    expect(events.at(-1)).toMatchObject({ type: 'message.completed', id: text.length });
    expect(socket.textOf(rest)).toBe(text.slice(beginning.length));
    await socket.all(all);
    expect(socket.textOf(all)).toBe(text);
    expect(callsWith(question)).toHaveLength(1);
  });

  it('that has ended gives its text from any place on, and beyond it the last event alone', async () => {
    const { id } = await ana.conversation();
    const { reply } = await ana.send(id, 'Where is it cold?');
    const place = { conversationId: id.toUpperCase(), messageId: reply.id.toUpperCase() };
    for (const after of [0, 4, reply.content.length, 10_000]) {
      const requestId = socket.ask({ type: 'message.resume', ...place, after });
      const last = (await socket.all(requestId)).at(-1);
      expect(last).toMatchObject({ type: 'message.completed', id: reply.content.length });
      expect(socket.textOf(requestId)).toBe(reply.content.slice(after));
    }
  });

  it('is found by its owner alone, and a question is none', async () => {
    const { id } = await ana.conversation();
    const { message, reply } = await ana.send(id, 'Where is it cold?');
    const resume = (messageId: string) => ({
      type: 'message.resume',
      conversationId: id,
      messageId,
      after: 0,
    });
    const ben = await SocketClient.signedIn(await Client.guest(parley.url));
    for (const problem of [
      await socket.refusal(resume(message.id)),
      await socket.refusal(resume(newId())),
      await ben.refusal(resume(reply.id)),
      await ben.refusal({ type: 'message.send', conversationId: id, content: 'Mine?' }),
      await ben.refusal({ type: 'message.cancel', conversationId: id, messageId: reply.id }),
    ])
      expect(problem).toMatchObject({ code: 'not_found', status: 404 });
    await ben.close();
  });

  it('can be cancelled while it comes: who asked hears of it, and so do its readers', async () => {
    const { place, requestId, beginning } = await begin();
    const cancelled = await socket.all(socket.ask({ type: 'message.cancel', ...place }));
    const end = { type: 'message.cancelled', id: beginning.length, message: { content: beginning } };
    expect(cancelled).toHaveLength(1);
    expect(cancelled[0]).toMatchObject(end);
    expect((await socket.all(requestId)).at(-1)).toMatchObject(end);
    const again = await socket.refusal({ type: 'message.cancel', ...place });
    expect(again).toMatchObject({ code: 'not_cancellable', status: 409 });
  });

  it('that is cancelled has ended before the frames that follow are taken', async () => {
    const { place } = await begin();
    socket.ask({ type: 'message.cancel', ...place });
    const next = socket.ask({ type: 'message.send', conversationId: place.conversationId, content: 'Next?' });
    expect((await socket.all(next)).at(-1)!.type).toBe('message.completed');
  });

  it('that is deleted while it comes ends with an error', async () => {
    const { place, requestId } = await begin();
    await ana.delete(`/conversations/${place.conversationId}`);
    expect((await socket.all(requestId)).at(-1)).toMatchObject({
      type: 'error',
      problem: { code: 'not_found' },
    });
  });

  it('is written to its end though the socket closes before it is created', async () => {
    const { id } = await ana.conversation();
    const other = await SocketClient.signedIn(ana);
    send('Who is there?', id, {}, other);
    other.socket.close();
    const stored = await waitUntil(async () => {
      const { body } = await ana.get<{ data: { content: string; completedAt: string | null }[] }>(
        `/conversations/${id}/messages`,
      );
      return body.data[0]?.completedAt ? body.data : null;
    }, 'the reply');
    expect(stored.map(({ content }) => content)).toEqual(['You said: Who is there?', 'Who is there?']);
  });
});
