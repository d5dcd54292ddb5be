import { DomainError } from '../../src/common/errors/domain-error';
import { newId } from '../../src/common/ids';
import type { MessageInTree } from '../../src/conversations/message.entity';
import type { ReplyRepository } from '../../src/conversations/replies/reply.repository';
import type { Turn, TurnRepository } from '../../src/conversations/replies/turn.repository';
import type { Claim, ReplyEnd } from '../../src/conversations/replies/running-reply';
import { aModel } from '../factories/model';
import { aTurn } from '../factories/turn';
import type { Public } from '../support/stand-in';

/** A repository to put to the test, and what the world around it does. */
export interface RepliesOnTrial {
  readonly turns: Public<TurnRepository>;
  readonly replies: Public<ReplyRepository>;
  readonly newConversation: () => Promise<Pick<Turn, 'userId' | 'conversationId'>>;
  readonly deleteConversation: (place: Pick<Turn, 'userId' | 'conversationId'>) => Promise<void>;
  readonly message: (claim: Claim) => Promise<MessageInTree | null>;
  /** Its owner has not been heard of for too long. */
  readonly expire: (claim: Claim) => Promise<void>;
}

const COMPLETED: ReplyEnd = { status: 'completed', finishReason: 'stop' };
const beat = (claim: Claim, from: number, delta: string) => ({
  ...claim,
  from,
  to: from + delta.length,
  delta,
});

/** What the engine relies on, and its unit tests with it. */
export function replyRepositoryContract(open: () => RepliesOnTrial): void {
  const [owner, other] = [newId(), newId()];

  async function begin() {
    const trial = open();
    const place = await trial.newConversation();
    const turn = aTurn(place);
    const opened = await trial.turns.open(owner, turn);
    const claim: Claim = { replyId: turn.replyId, conversationId: turn.conversationId, fence: 1 };
    return { ...trial, place, opened, claim };
  }

  it('opens a question with its pending reply', async () => {
    const { opened, claim, message } = await begin();
    expect(opened.question).toMatchObject({ role: 'user', status: 'completed', parentId: null });
    expect(opened.question.content).toBe('Where is it cold?');
    expect(opened.reply).toMatchObject({ role: 'assistant', status: 'pending', content: '' });
    expect(opened.reply).toMatchObject({ parentId: opened.question.id, model: 'custom/any' });
    await expect(message(claim)).resolves.toMatchObject({ id: opened.reply.id, status: 'pending' });
  });

  it("treats someone else's conversation as absent", async () => {
    const { turns, place } = await begin();
    const turn = aTurn({ ...place, userId: newId() });
    await expect(turns.open(owner, turn)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('opens one turn at a time, and names the reply that is in the way', async () => {
    const { turns, place, claim } = await begin();
    const second = turns.open(owner, aTurn(place));
    const members = { replyId: claim.replyId };
    await expect(second).rejects.toMatchObject({ code: 'reply_in_progress', members });
  });

  it('opens the next turn behind the reply before', async () => {
    const { turns, replies, place, claim } = await begin();
    await replies.settle(owner, claim, 'Oslo.', COMPLETED);
    const { question } = await turns.open(owner, aTurn(place));
    expect(question.parentId).toBe(claim.replyId);
  });

  describe('in a conversation that is not there yet', () => {
    const aFirstTurn = (userId: string, parts: Partial<Turn> = {}) =>
      aTurn({ userId, conversationId: newId() }, { opens: 'chat', ...parts });

    it('makes it with the question', async () => {
      const { turns, replies, place, message } = await begin();
      const turn = aFirstTurn(place.userId);
      const { question, reply, context } = await turns.open(owner, turn);
      expect(question).toMatchObject({ conversationId: turn.conversationId, parentId: null });
      expect(context.systemPrompt).toBeNull();
      const claim: Claim = { replyId: reply.id, conversationId: turn.conversationId, fence: 1 };
      await expect(message(claim)).resolves.toMatchObject({ status: 'pending', parentId: question.id });
      await replies.settle(owner, claim, 'Oslo.', COMPLETED);
      const next = await turns.open(owner, aTurn(turn));
      expect(next.question.parentId).toBe(reply.id);
    });

    it('leaves none behind when the question is refused', async () => {
      const { turns, place } = await begin();
      const refusal = new DomainError('unknown_model', 'None.');
      const chooseModel = () => {
        throw refusal;
      };
      const turn = aFirstTurn(place.userId, { chooseModel });
      await expect(turns.open(owner, turn)).rejects.toBe(refusal);
      await expect(turns.open(owner, aTurn(turn))).rejects.toMatchObject({ code: 'not_found' });
    });
  });

  describe('that regenerates', () => {
    const again = ({ userId, conversationId }: Pick<Turn, 'userId' | 'conversationId'>, former: string) => ({
      ...{ userId, conversationId, formerReplyId: former, replyId: newId() },
      chooseModel: () => aModel('custom/other'),
    });

    it('opens another reply to the same question', async () => {
      const { turns, replies, place, claim, opened, message } = await begin();
      await replies.settle(owner, claim, 'Oslo.', COMPLETED);
      const wanted = again(place, claim.replyId);
      const { question, reply } = await turns.regenerate(owner, wanted);
      expect(question.id).toBe(opened.question.id);
      expect(reply).toMatchObject({ id: wanted.replyId, status: 'pending', parentId: question.id });
      expect(reply.model).toBe('custom/other');
      await expect(message(claim)).resolves.toMatchObject({ content: 'Oslo.' });
    });

    it('waits for the reply that is being written, and names it', async () => {
      const { turns, place, claim } = await begin();
      const second = turns.regenerate(owner, again(place, claim.replyId));
      const members = { replyId: claim.replyId };
      await expect(second).rejects.toMatchObject({ code: 'reply_in_progress', members });
    });

    it("finds neither a question nor somebody else's reply", async () => {
      const { turns, replies, place, claim, opened } = await begin();
      await replies.settle(owner, claim, 'Oslo.', COMPLETED);
      const ofQuestion = turns.regenerate(owner, again(place, opened.question.id));
      await expect(ofQuestion).rejects.toMatchObject({ code: 'not_found' });
      const stranger = { ...place, userId: newId() };
      const ofStranger = turns.regenerate(owner, again(stranger, claim.replyId));
      await expect(ofStranger).rejects.toMatchObject({ code: 'not_found' });
    });
  });

  it('stores the text of a beat once, and says how much there is', async () => {
    const { replies, claim } = await begin();
    const ok = (length: number) => [{ replyId: claim.replyId, state: 'ok', length }];
    await expect(replies.beat(owner, [beat(claim, 0, 'Oslo ')])).resolves.toMatchObject(ok(5));
    await expect(replies.beat(owner, [beat(claim, 0, 'Oslo ')])).resolves.toMatchObject(ok(5));
    await expect(replies.beat(owner, [beat(claim, 9, 'far off')])).resolves.toMatchObject(ok(5));
    await expect(replies.beat(owner, [beat(claim, 5, 'is')])).resolves.toMatchObject(ok(7));
    await expect(replies.storedText(claim.replyId)).resolves.toBe('Oslo is');
  });

  it('calls a beat lost whose owner or fence is another, and stores nothing of it', async () => {
    const { replies, claim } = await begin();
    const lost = [{ replyId: claim.replyId, state: 'lost' }];
    await expect(replies.beat(other, [beat(claim, 0, 'a')])).resolves.toMatchObject(lost);
    await expect(replies.beat(owner, [beat({ ...claim, fence: 2 }, 0, 'a')])).resolves.toMatchObject(lost);
    await expect(replies.storedText(claim.replyId)).resolves.toBe('');
  });

  it('stores how a reply ended, once', async () => {
    const { replies, claim, message } = await begin();
    const usage = { promptTokens: 9, completionTokens: 3, totalTokens: 12 };
    const stored = await replies.settle(owner, claim, 'Oslo.', { ...COMPLETED, usage });
    expect(stored).toMatchObject({ status: 'completed', content: 'Oslo.', finishReason: 'stop' });
    expect(stored).toMatchObject({ promptTokens: 9, completionTokens: 3, errorCode: null });
    await expect(replies.settle(owner, claim, 'Bergen.', COMPLETED)).resolves.toBeNull();
    await expect(message(claim)).resolves.toMatchObject({ content: 'Oslo.' });
  });

  it('hands a silent reply over once, and to nobody who says that it writes it', async () => {
    const { replies, claim, expire } = await begin();
    await expect(replies.claimExpired(other, 10, [])).resolves.toEqual([]);
    await expire(claim);
    await expect(replies.claimExpired(other, 10, [claim.replyId])).resolves.toEqual([]);
    await expect(replies.claimExpired(other, 10, [])).resolves.toMatchObject([{ ...claim, fence: 2 }]);
    await expect(replies.claimExpired(other, 10, [])).resolves.toEqual([]);
  });

  it('hands a reply to its own former owner, too', async () => {
    const { replies, claim, expire } = await begin();
    await expire(claim);
    await expect(replies.claimExpired(owner, 10, [])).resolves.toMatchObject([{ ...claim, fence: 2 }]);
  });

  it('hands no more replies over than are wanted', async () => {
    const { turns, replies, claim, expire, newConversation } = await begin();
    const turn = aTurn(await newConversation());
    await turns.open(owner, turn);
    for (const { replyId, conversationId } of [claim, turn])
      await expire({ replyId, conversationId, fence: 1 });
    await expect(replies.claimExpired(other, 1, [])).resolves.toHaveLength(1);
    await expect(replies.claimExpired(other, 2, [])).resolves.toHaveLength(1);
  });

  it('lets a former owner write nothing', async () => {
    const { replies, claim, message } = await begin();
    await expect(replies.takeOver(other, claim.replyId)).resolves.toEqual({ ...claim, fence: 2 });
    await expect(replies.settle(owner, claim, 'Bergen.', COMPLETED)).resolves.toBeNull();
    await expect(message(claim)).resolves.toMatchObject({ status: 'pending' });
    const settled = replies.settle(other, { ...claim, fence: 2 }, 'Oslo.', COMPLETED);
    await expect(settled).resolves.toMatchObject({ content: 'Oslo.' });
  });

  it('stores no end for another owner, nor for an earlier claim of the same one', async () => {
    const { replies, claim } = await begin();
    const renewed = (await replies.takeOver(owner, claim.replyId))!;
    await expect(replies.settle(owner, claim, 'Bergen.', COMPLETED)).resolves.toBeNull();
    await expect(replies.settle(other, renewed, 'Bergen.', COMPLETED)).resolves.toBeNull();
    await expect(replies.settle(owner, renewed, 'Oslo.', COMPLETED)).resolves.not.toBeNull();
  });

  it('hands no ended reply over', async () => {
    const { replies, claim } = await begin();
    await replies.settle(owner, claim, 'Oslo.', COMPLETED);
    await expect(replies.takeOver(other, claim.replyId)).resolves.toBeNull();
  });

  it('forgets a reply with its conversation', async () => {
    const { replies, claim, place, message, deleteConversation } = await begin();
    await deleteConversation(place);
    await expect(replies.beat(owner, [beat(claim, 0, 'a')])).resolves.toMatchObject([{ state: 'lost' }]);
    await expect(replies.settle(owner, claim, 'Oslo.', COMPLETED)).resolves.toBeNull();
    await expect(message(claim)).resolves.toBeNull();
  });
}
