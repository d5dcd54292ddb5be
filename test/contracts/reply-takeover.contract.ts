import { newId } from '../../src/common/ids';
import type { RemoteReplyRepository } from '../../src/conversations/replies/remote-reply.repository';
import type { Claim } from '../../src/conversations/replies/running-reply';
import { aTurn } from '../factories/turn';
import { aBeat, COMPLETED } from '../support/reply-database';
import type { Public } from '../support/stand-in';
import type { RepliesOnTrial } from './reply-repository.contract';

export interface ReplicasOnTrial extends RepliesOnTrial {
  readonly remote: Public<RemoteReplyRepository>;
}

/** What several replicas that write and read replies on one database rely on. */
export function takeoverContract(open: () => ReplicasOnTrial): void {
  const [owner, other] = [newId(), newId()];

  async function begin() {
    const trial = open();
    const place = await trial.newConversation();
    const turn = aTurn(place);
    const opened = await trial.turns.open(owner, turn);
    const claim: Claim = { replyId: turn.replyId, conversationId: turn.conversationId, fence: 1 };
    const beat = async (text: string, from = 0) =>
      (await trial.replies.beat(owner, [aBeat(claim, text, from)]))[0];
    const claimed = async () => {
      await trial.expire(claim);
      return (await trial.replies.claimExpired(other, 10, []))[0];
    };
    return { ...trial, place, opened, claim, beat, claimed };
  }

  it('counts how often a reply was begun', async () => {
    const { claimed } = await begin();
    await expect(claimed()).resolves.toMatchObject({ attempts: 2, hasText: false, cancelled: false });
    await expect(claimed()).resolves.toMatchObject({ attempts: 3, fence: 3 });
  });

  it('says of a silent reply whether somebody may have read of it', async () => {
    const { beat, claimed } = await begin();
    await beat('O');
    await expect(claimed()).resolves.toMatchObject({ hasText: true });
  });

  it('knows the turn of a reply as it was opened, until it is gone', async () => {
    const { turns, claim, place, opened, deleteConversation } = await begin();
    await expect(turns.findOpened(claim.replyId)).resolves.toMatchObject({
      question: { id: opened.question.id, content: opened.question.content },
      reply: { id: claim.replyId, model: opened.reply.model, parentId: opened.question.id },
      context: opened.context,
    });
    await deleteConversation(place);
    await expect(turns.findOpened(claim.replyId)).resolves.toBeNull();
  });

  it('tells an owner which of its replies somebody wants stopped', async () => {
    const { replies, claim, beat } = await begin();
    await expect(replies.cancelRequested(owner)).resolves.not.toContain(claim.replyId);
    await expect(replies.requestCancel(claim.replyId)).resolves.toBe(true);
    await expect(replies.requestCancel(claim.replyId)).resolves.toBe(true);
    await expect(replies.cancelRequested(owner)).resolves.toContain(claim.replyId);
    await expect(replies.cancelRequested(other)).resolves.toEqual([]);
    await expect(beat('Oslo')).resolves.toMatchObject({ state: 'ok', cancelled: true });
  });

  it('tells whoever takes a reply over, too, that somebody wants it stopped', async () => {
    const { replies, claim, claimed } = await begin();
    await replies.requestCancel(claim.replyId);
    await expect(claimed()).resolves.toMatchObject({ cancelled: true });
  });

  it('takes no wish to stop a reply that has ended', async () => {
    const { replies, claim } = await begin();
    await replies.settle(owner, claim, 'Oslo.', COMPLETED);
    await expect(replies.requestCancel(claim.replyId)).resolves.toBe(false);
  });

  it('hands over at once what an owner lets go of, with no attempt counted, and takes nothing more of it', async () => {
    const { replies, claim, beat } = await begin();
    await replies.release(owner, []);
    await expect(beat('late')).resolves.toMatchObject({ state: 'lost' });
    await expect(replies.settle(owner, claim, 'late', COMPLETED)).resolves.toBeNull();
    const [taken] = await replies.claimExpired(other, 10, []);
    expect(taken).toMatchObject({ replyId: claim.replyId, attempts: 1, hasText: false });
  });

  it('keeps what an owner goes on with', async () => {
    const { replies, claim, beat } = await begin();
    await replies.release(owner, [claim.replyId]);
    await expect(beat('Oslo')).resolves.toMatchObject({ state: 'ok' });
  });

  it('lets go of nothing that another owner has', async () => {
    const { replies, beat } = await begin();
    await replies.release(other, []);
    await expect(beat('Oslo')).resolves.toMatchObject({ state: 'ok' });
  });

  describe('seen from another replica', () => {
    const asked = ({ replyId }: Claim, known: number) => [{ replyId, known }];

    it('have news when there is more text than is known', async () => {
      const { remote, claim, beat } = await begin();
      await expect(remote.newsOf(asked(claim, 0))).resolves.toEqual([]);
      await beat('Oslo ');
      await beat('Oslo is cold.', 5);
      const news = (text: string) => [{ replyId: claim.replyId, running: true, text }];
      await expect(remote.newsOf(asked(claim, 0))).resolves.toEqual(news('Oslo is cold.'));
      await expect(remote.newsOf(asked(claim, 5))).resolves.toEqual(news('is cold.'));
      await expect(remote.newsOf(asked(claim, 13))).resolves.toEqual([]);
    });

    it('have news when they run no more, and are to be found as they were stored', async () => {
      const { remote, replies, claim, beat } = await begin();
      await beat('Oslo');
      const message = await replies.settle(owner, claim, 'Oslo.', COMPLETED);
      await expect(remote.newsOf(asked(claim, 4))).resolves.toMatchObject([{ running: false }]);
      await expect(remote.find([claim.replyId, newId()])).resolves.toEqual([message]);
    });

    it('tell their writers that they are watched', async () => {
      const { remote, claim, beat } = await begin();
      await expect(beat('a')).resolves.toMatchObject({ watched: false });
      await remote.newsOf(asked(claim, 1));
      await expect(beat('ab', 1)).resolves.toMatchObject({ watched: true });
    });
  });
}
