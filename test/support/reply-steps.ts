import fc from 'fast-check';
import { DomainError } from '../../src/common/errors/domain-error';
import { newId } from '../../src/common/ids';
import { CANCELLED, INTERRUPTED } from '../../src/conversations/replies/reply.generator';
import type { Beat, BeatResult } from '../../src/conversations/replies/reply.repository';
import type { ReplyEnd } from '../../src/conversations/replies/running-reply';
import { aTurn } from '../factories/turn';
import { aBeat, COMPLETED } from './reply-database';
import { sorted, type Holding, type ReplyProcesses } from './reply-processes';

type Step = fc.AsyncCommand<ReplyProcesses, object>;

/** A place in a list of any length, from its end: what is newest is most likely to be alive. */
export const which = fc.nat(5);
/** Beyond the three processes that there are, see `ReplyProcesses.owner`. */
export const owner = fc.nat(5);

export const pick = <T>(list: readonly T[], n: number): T | undefined => list.at(-1 - (n % list.length));

/** Something that may befall replies. Afterwards a reader finds what the model says. */
export function step<P>(
  name: string,
  parameters: fc.Arbitrary<P>,
  run: (processes: ReplyProcesses, p: P) => Promise<void>,
) {
  return parameters.map((chosen): Step => ({
    check: () => true,
    run: async (processes) => {
      await run(processes, chosen);
      await processes.check();
    },
    toString: () => `${name} ${JSON.stringify(chosen)}`,
  }));
}

async function refusal(opening: Promise<unknown>) {
  try {
    await opening;
    return null;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { code: error.code, members: error.members };
  }
}

/** A question, or another reply to an earlier one. */
const open = step('open', fc.record({ owner, which, again: fc.boolean() }), async (processes, p) => {
  const { database, model, conversationIds, opened } = processes;
  const former = p.again ? pick(opened, p.which) : undefined;
  const conversationId = former?.conversationId ?? pick(conversationIds, p.which)!;
  const [me, replyId] = [processes.owner(p.owner), newId()];
  const turn = aTurn({ userId: database.userId, conversationId }, { replyId });
  const opening = former
    ? database.turns.regenerate(me, { ...turn, formerReplyId: former.replyId })
    : database.turns.open(me, turn);
  const refused = await refusal(opening);
  expect(refused).toEqual(model.open(me, turn));
  processes.count(refused?.code ?? (former ? 'regenerated' : 'opened'));
  if (refused) return;
  opened.push({ replyId, conversationId });
  processes.hold(me, { replyId, conversationId, fence: 1 });
});

type From = 'what is known' | 'too early' | 'too far' | 'nothing';

function toBeat({ claim, text, stored }: Holding, from: From): Beat {
  if (from === 'nothing') return aBeat(claim, '');
  return aBeat(claim, text, { 'what is known': stored, 'too early': 0, 'too far': stored + 1 }[from]);
}

/** What counts of an answer. */
const told = (answers: readonly BeatResult[]) =>
  sorted(
    answers.map((answer) =>
      answer.state === 'ok' ? answer : { replyId: answer.replyId, state: answer.state },
    ),
  );

const beating = fc.record({
  owner,
  piece: fc.constantFrom('Oslo ', '😀', ' is cold.', ''),
  from: fc.oneof(
    { weight: 5, arbitrary: fc.constant<From>('what is known') },
    { weight: 3, arbitrary: fc.constantFrom<From>('too early', 'too far', 'nothing') },
  ),
  isAnswerLost: fc.boolean(),
});

/** The heartbeat of a process for everything that it believes to be its own. */
const beat = step('beat', beating, async (processes, p) => {
  const me = processes.owner(p.owner);
  const held = processes.heldBy(me);
  for (const holding of held) holding.text += p.piece;
  const beats = held.map((holding) => toBeat(holding, p.from));
  const answers = await processes.database.replies.beat(me, beats);
  expect(told(answers)).toEqual(told(processes.model.beat(me, beats)));
  for (const answer of answers) {
    processes.count(`beat ${answer.state}`);
    const holding = held.find(({ claim }) => claim.replyId === answer.replyId)!;
    if (answer.state === 'ok' && !p.isAnswerLost) holding.stored = answer.length;
  }
});

/** What does not fit of a claim that fits otherwise, if it is alive at all. */
const flaw = fc.constantFrom('owner', 'earlier fence', 'later fence', 'conversation');

function flawed(processes: ReplyProcesses, holding: Holding, kind: string, n: number): Holding {
  const { conversationId, fence, replyId } = holding.claim;
  const others = {
    owners: processes.owners.filter((id) => id !== holding.owner),
    places: processes.conversationIds.filter((id) => id !== conversationId),
  };
  const claim = {
    replyId,
    conversationId: kind === 'conversation' ? pick(others.places, n)! : conversationId,
    fence: fence + (kind === 'later fence' ? 1 : kind === 'earlier fence' ? -1 : 0),
  };
  const text = processes.model.storedText(replyId); // it may fit by chance
  return { ...holding, claim, text, owner: kind === 'owner' ? pick(others.owners, n)! : holding.owner };
}

const strangeBeat = step('strange beat', fc.record({ which, flaw }), async (processes, p) => {
  const holding = pick(processes.holdings, p.which);
  if (!holding) return;
  const { owner: me, claim } = flawed(processes, holding, p.flaw, p.which);
  const beats = [aBeat(claim, '')];
  const answers = await processes.database.replies.beat(me, beats);
  expect(told(answers)).toEqual(told(processes.model.beat(me, beats)));
});

const end = fc.constantFrom<ReplyEnd>(COMPLETED, CANCELLED, INTERRUPTED);

/** By a process that has it, or once had it. */
const settle = step('settle', fc.record({ which, end }), async (processes, p) => {
  const holding = pick(processes.holdings, p.which);
  if (holding) await processes.settle(holding, p.end);
});

const strangeSettle = step('strange settle', fc.record({ which, flaw }), async (processes, p) => {
  const holding = pick(processes.holdings, p.which);
  if (holding) await processes.settle(flawed(processes, holding, p.flaw, p.which));
});

/** By everybody who ever had it, at once. */
const settleAtOnce = step('settle at once', fc.record({ which }), async (processes, p) => {
  const reply = pick(processes.opened, p.which);
  const had = processes.holdings.filter(({ claim }) => claim.replyId === reply?.replyId);
  await Promise.all(had.map((holding) => processes.settle(holding)));
});

export const often = <T>(times: number, ...steps: readonly T[]): T[] =>
  Array.from({ length: times }, () => steps).flat();

/** What writers do, in the proportion that lets replies live for a while. */
export const writing = [
  ...often(4, open),
  ...often(8, beat),
  strangeBeat,
  settle,
  strangeSettle,
  settleAtOnce,
];
