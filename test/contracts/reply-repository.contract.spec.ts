import { FakeReplyRepository } from '../fakes/fake-reply.repository';
import { ReplyDatabase } from '../support/reply-database';
import { replyRepositoryContract } from './reply-repository.contract';

describe('FakeReplyRepository', () => {
  replyRepositoryContract(() => {
    const replies = new FakeReplyRepository();
    return {
      replies,
      newConversation: () => Promise.resolve(replies.newConversation()),
      deleteConversation: ({ conversationId }) => Promise.resolve(replies.deleteConversation(conversationId)),
      message: ({ replyId }) => Promise.resolve(replies.message(replyId)),
      expire: ({ replyId }) => Promise.resolve(replies.expire(replyId)),
    };
  });
});

describe('ReplyRepository', () => {
  let database: ReplyDatabase;
  beforeAll(async () => (database = await ReplyDatabase.open()));
  afterEach(() => database.query('delete from conversations'));
  afterAll(() => database.close());

  replyRepositoryContract(() => ({
    replies: database.replies,
    newConversation: () => database.conversation(),
    deleteConversation: async ({ userId, conversationId }) => {
      await database.conversations.deleteOwned(userId, conversationId);
    },
    message: (claim) => database.message(claim),
    expire: (claim) => database.expire(claim),
  }));
});
