import fc from 'fast-check';
import type { Claim } from '../../src/conversations/replies/running-reply';
import type { ReplyProcesses } from './reply-processes';
import { sorted } from './reply-processes';
import { often, owner, pick, step, which } from './reply-steps';

/** Its owner is silent for longer than its lease. */
const expire = step('expire', fc.record({ which }), async ({ database, model }, p) => {
  const replyId = pick(model.runningIds(), p.which);
  if (!replyId) return;
  const seconds = model.expire(replyId);
  await database.query(
    `update generations set lease_until = 'epoch'::timestamptz + make_interval(secs => $2) where reply_id = $1`,
    [replyId, seconds],
  );
});

/** Whoever takes a reply over goes on with the text that somebody may have read. */
async function take(processes: ReplyProcesses, me: string, claim: Claim, hasText: boolean): Promise<void> {
  const text = await processes.database.replies.storedText(claim.replyId);
  expect(text).toBe(processes.model.storedText(claim.replyId));
  if (!hasText) expect(text).toBe('');
  processes.hold(me, claim, text);
}

const claiming = fc.record({ owner, limit: fc.constantFrom(1, 2, 100), isSparing: fc.boolean() });

const claimExpired = step('claim expired', claiming, async (processes, p) => {
  const { database, model } = processes;
  const me = processes.owner(p.owner);
  const except = p.isSparing ? processes.heldBy(me).map(({ claim }) => claim.replyId) : [];
  const claims = await database.replies.claimExpired(me, p.limit, except);
  const lapses = claims.map(({ replyId }) => model.lapseOf(replyId));
  expect(lapses.sort()).toEqual(model.dueLapses(except).slice(0, p.limit).sort());
  expect(claims).toEqual(claims.map(({ replyId }) => model.claim(me, replyId)));
  for (const claim of claims) {
    const { replyId, conversationId, fence, hasText } = claim;
    processes.count(hasText ? 'claimed with text' : 'claimed without text');
    await take(processes, me, { replyId, conversationId, fence }, hasText);
  }
});

const takeOver = step('take over', fc.record({ owner, which }), async (processes, p) => {
  const { database, model, opened } = processes;
  const reply = pick(opened, p.which);
  if (!reply) return;
  const me = processes.owner(p.owner);
  const claim = await database.replies.takeOver(me, reply.replyId);
  expect(claim).toEqual(model.takeOver(me, reply.replyId));
  processes.count(claim ? 'taken over' : 'taken over too late');
  if (claim) await take(processes, me, claim, true);
});

const requestCancel = step('request cancel', fc.record({ which }), async (processes, p) => {
  const { database, model, opened } = processes;
  const reply = pick(opened, p.which);
  if (!reply) return;
  const isTaken = await database.replies.requestCancel(reply.replyId);
  expect(isTaken).toBe(model.requestCancel(reply.replyId));
  processes.count(isTaken ? 'cancel requested' : 'cancel requested too late');
});

const cancelRequested = step('cancel requested?', fc.record({ owner }), async (processes, p) => {
  const me = processes.owner(p.owner);
  const replyIds = await processes.database.replies.cancelRequested(me);
  expect(replyIds.sort()).toEqual(processes.model.cancelRequested(me).sort());
  if (replyIds.length > 0) processes.count('told to cancel');
});

/** A process goes away and says so. What it still does is too late. */
const release = step('release', fc.record({ owner }), async (processes, p) => {
  const { database, model } = processes;
  const me = processes.owner(p.owner);
  await database.replies.release(me, []);
  model.release(me);
});

const crash = step('crash', fc.record({ owner }), (processes, p) => {
  processes.crash(processes.owner(p.owner));
  return Promise.resolve();
});

const deleteConversation = step('delete', fc.record({ which }), async (processes, p) => {
  const { database, model, conversationIds } = processes;
  const id = pick(conversationIds, p.which)!;
  const deleted = await database.conversations.deleteOwned(database.userId, id);
  expect(deleted).toEqual(model.deleteConversation(id));
  if (deleted.replyIds.length > 0) processes.count('deleted while written');
  if (deleted.count > 0) await processes.addConversation();
});

/** Another replica looks at all replies: from what it knows of them, from their beginning, or beyond their end. */
const look = step('look', fc.constantFrom('known', 'beginning', 'beyond'), async (processes, from) => {
  const { model, read, remote, opened } = processes;
  const known = (replyId: string) =>
    ({ known: (read.get(replyId) ?? '').length, beginning: 0, beyond: model.storedText(replyId).length + 1 })[
      from
    ];
  const asked = opened.map(({ replyId }) => ({ replyId, known: known(replyId) }));
  const news = await remote.newsOf(asked);
  expect(sorted(news)).toEqual(sorted(model.newsOf(asked)));
  for (const { replyId, text } of news)
    if (from === 'known') read.set(replyId, (read.get(replyId) ?? '') + text);
  for (const message of await remote.find(opened.map(({ replyId }) => replyId)))
    if (!message.content.startsWith(read.get(message.id) ?? '')) throw new Error('What was read is gone.');
});

/** What befalls writers and what they write, and what others see of it. */
export const mishaps = [
  ...often(3, expire, claimExpired, look),
  ...[takeOver, requestCancel, cancelRequested, release, crash, deleteConversation],
];
