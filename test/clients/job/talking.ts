import type { Calls, EventOf } from '../calls';

type Event = EventOf<'messageStreamsSend'>;
type Message = Awaited<ReturnType<Calls['messagesGet']>>;

const LATER = { Prefer: 'respond-async' };
const QUESTION = 'Where is it cold?';

/** A guest asks, reads, asks again in other ways, and clears up. */
export async function talk(guest: Calls): Promise<void> {
  const { id } = await guest.conversationsCreate({
    body: { title: 'Trip to Oslo', metadata: { app: 'test' } },
  });
  const first = await ask(guest, id);
  await stream(guest, id);
  await regenerate(guest, id, first);
  await branch(guest, id, first);
  await clearUp(guest, id);
}

/** A question as JSON, read again in all ways. */
async function ask(guest: Calls, id: string): Promise<Message> {
  const header = { 'Idempotency-Key': 'first-question' };
  const send = () => guest.messagesSend({ path: { id }, header, body: { content: QUESTION } });
  const { message, reply } = await send();
  expect(message).toMatchObject({ role: 'user', content: QUESTION, parentId: null, conversationId: id });
  expect(reply).toMatchObject({
    role: 'assistant',
    status: 'completed',
    finishReason: 'stop',
    parentId: message.id,
  });
  expect(reply.content).toContain(QUESTION); // the demo model's answer says what it was asked
  expect(reply.usage!.totalTokens).toBeGreaterThan(0);
  await expect(send()).resolves.toEqual({ message, reply });
  const { data, hasMore, nextCursor } = await guest.messagesList({ path: { id } });
  expect({ data, hasMore, nextCursor }).toEqual({ data: [reply, message], hasMore: false, nextCursor: null });
  await expect(guest.messagesGet({ path: { id, messageId: reply.id } })).resolves.toEqual(reply);
  const context = await guest.messagesContext({ path: { id, messageId: reply.id } });
  expect(context).toMatchObject({
    model: reply.model,
    messageIds: [message.id],
    droppedIds: [],
    droppedCount: 0,
  });
  return reply;
}

/** A question as a stream, which is joined again in its midst, and once it has ended. */
async function stream(guest: Calls, id: string): Promise<void> {
  const events = await all(
    await guest.messageStreamsSend({ path: { id }, body: { content: 'And where is it warm?' } }),
  );
  const [created, ...rest] = events;
  if (created?.type !== 'message.created') throw new Error(`The first event is ${created?.type}`);
  const reply = endOf(rest);
  expect(created.message.content).toBe('And where is it warm?');
  expect(created.reply).toMatchObject({ id: reply.id, content: '' });
  expect(reply.content).toContain('And where is it warm?');
  expect(textOf(rest)).toBe(reply.content);
  const path = { id, replyId: reply.id };
  const end = await all(await guest.messageStreamsRejoin({ path, query: { after: 9 } }));
  expect([textOf(end), endOf(end)]).toEqual([reply.content.slice(9), reply]);
  const last = { 'Last-Event-ID': String(reply.content.length) };
  await expect(all(await guest.messageStreamsRejoin({ path, header: last }))).resolves.toEqual([
    { type: 'message.completed', message: reply },
  ]);
  const none = { id, replyId: created.message.id }; // a question is no reply
  const missing = async () => all(await guest.messageStreamsRejoin({ path: none }));
  await expect(missing()).rejects.toThrow(/404/);
}

async function regenerate(guest: Calls, id: string, { id: replyId, parentId }: Message): Promise<void> {
  const path = { id, replyId };
  const { reply } = await guest.messagesRegenerate({ path, header: {}, body: {} });
  expect(reply).toMatchObject({ parentId, status: 'completed', siblingIds: [replyId, reply.id] });
  const streamed = endOf(await all(await guest.messageStreamsRegenerate({ path, body: {} })));
  expect(streamed).toMatchObject({ parentId, siblingIds: [replyId, reply.id, streamed.id] });
}

/** Another first question, whose reply is cancelled; then back to the former branch. */
async function branch(guest: Calls, id: string, former: Message): Promise<void> {
  // The demo model says a long question again, word by word: there is time to stop it.
  const body = { content: `Where is it dark?${' a'.repeat(90)}`, parentId: null };
  const { message, reply } = await guest.messagesSend({ path: { id }, header: LATER, body });
  expect(reply).toMatchObject({ status: 'pending', completedAt: null });
  const cancel = () => guest.messagesCancel({ path: { id, replyId: reply.id } });
  const cancelled = await cancel();
  expect(cancelled).toMatchObject({ id: reply.id, status: 'cancelled', finishReason: 'cancelled' });
  await expect(cancel()).rejects.toMatchObject(refusal('not_cancellable'));
  const active = await guest.messagesList({ path: { id }, query: { limit: 1 } });
  expect(active).toMatchObject({ data: [cancelled], hasMore: true });
  const next = await guest.messagesList({ path: { id }, query: { limit: 1, cursor: active.nextCursor! } });
  expect(next).toMatchObject({ data: [message], hasMore: false });
  const changed = await guest.conversationsChange({
    path: { id },
    body: { activeLeafId: former.id, pinned: true },
  });
  expect(changed).toMatchObject({
    title: 'Trip to Oslo',
    pinned: true,
    messageCount: 8,
    metadata: { app: 'test' },
  });
  await expect(guest.conversationsGet({ path: { id } })).resolves.toEqual(changed);
  const { data } = await guest.messagesList({ path: { id }, query: { leafId: former.id } });
  expect(data.map(({ content }) => content)).toContain(QUESTION);
}

async function clearUp(guest: Calls, id: string): Promise<void> {
  const found = await guest.conversationsList({ query: { q: 'dark', pinned: true, archived: false } });
  expect(found.data).toMatchObject([{ id, snippet: expect.stringContaining('dark') as string }]);
  const file = await guest.conversationsExport({ path: { id }, query: { format: 'json' } });
  expect(file).toMatchObject({ conversation: { id, title: 'Trip to Oslo' } });
  await guest.conversationsDelete({ path: { id } });
  await expect(guest.conversationsDelete({ path: { id } })).rejects.toMatchObject(refusal('not_found'));
  await expect(guest.conversationsGet({ path: { id } })).rejects.toMatchObject(refusal('not_found'));
  await guest.conversationsCreate({ body: {} });
  await guest.conversationsDeleteAll();
  await expect(guest.conversationsList()).resolves.toEqual({ data: [], hasMore: false, nextCursor: null });
}

export const refusal = (code: string) => ({ name: 'Refusal', body: { code } });

async function all(events: AsyncIterable<Event>): Promise<Event[]> {
  const seen: Event[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

const textOf = (events: readonly Event[]): string =>
  events.map((event) => (event.type === 'message.delta' ? event.delta : '')).join('');

/** The reply as stored, which the last event of a stream has. */
function endOf(events: readonly Event[]): Message {
  const last = events.at(-1);
  if (last?.type !== 'message.completed') throw new Error(`The last event is ${last?.type}`);
  return last.message;
}
