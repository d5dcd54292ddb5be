import { RemoteReplyRepository } from '../../src/conversations/replies/remote-reply.repository';
import type { Turn } from '../../src/conversations/replies/turn.repository';
import type { Claim } from '../../src/conversations/replies/running-reply';
import { FakeRemoteReplyRepository } from '../fakes/fake-remote-reply.repository';
import { FakeReplyRepository } from '../fakes/fake-reply.repository';
import { ReplyDatabase } from '../support/reply-database';
import { replyRepositoryContract } from './reply-repository.contract';
import { takeoverContract } from './reply-takeover.contract';

type Place = Pick<Turn, 'userId' | 'conversationId'>;

describe('FakeReplyRepository', () => {
  const open = () => {
    const replies = new FakeReplyRepository();
    return {
      turns: replies,
      replies,
      remote: new FakeRemoteReplyRepository(replies),
      newConversation: () => Promise.resolve(replies.newConversation()),
      deleteConversation: ({ conversationId }: Place) =>
        Promise.resolve(replies.deleteConversation(conversationId)),
      message: ({ replyId }: Claim) => Promise.resolve(replies.message(replyId)),
      expire: ({ replyId }: Claim) => Promise.resolve(replies.expire(replyId)),
    };
  };
  replyRepositoryContract(open);
  takeoverContract(open);
});

describe('ReplyRepository', () => {
  let database: ReplyDatabase;
  beforeAll(async () => (database = await ReplyDatabase.open()));
  afterEach(() => database.query('delete from conversations'));
  afterAll(() => database.close());

  const open = () => ({
    turns: database.turns,
    replies: database.replies,
    remote: new RemoteReplyRepository(database.dataSource),
    newConversation: () => database.conversation(),
    deleteConversation: async ({ userId, conversationId }: Place) => {
      await database.conversations.deleteOwned(userId, conversationId);
    },
    message: (claim: Claim) => database.message(claim),
    expire: (claim: Claim) => database.expire(claim),
  });
  replyRepositoryContract(open);
  takeoverContract(open);
});
