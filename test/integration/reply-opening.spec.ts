import { newId } from '../../src/common/ids';
import type { DomainError } from '../../src/common/errors/domain-error';
import { INSERT_EXCHANGE, INSERT_REPLY } from '../../src/conversations/replies/turn.sql';
import { aModel } from '../factories/model';
import { aTurn } from '../factories/turn';
import { COMPLETED, ReplyDatabase } from '../support/reply-database';

describe('Opening a turn', () => {
  let database: ReplyDatabase;
  beforeAll(async () => (database = await ReplyDatabase.open()));
  afterAll(() => database.close());

  const open = (...parameters: Parameters<typeof aTurn>) =>
    database.turns.open(database.owner, aTurn(...parameters));
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'opened',
      (error: unknown) => (error as DomainError).code,
    );

  it('works for one of twenty at once, and names its reply to the others', async () => {
    const place = await database.conversation();
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => open(place)));
    const opened = tries.flatMap((tried) => (tried.status === 'fulfilled' ? [tried.value] : []));
    expect(opened).toHaveLength(1);
    const refusal = { code: 'reply_in_progress', members: { replyId: opened[0]!.reply.id } };
    const refused = tries.flatMap((tried) => (tried.status === 'rejected' ? [tried.reason as unknown] : []));
    for (const reason of refused) expect(reason).toMatchObject(refusal);
    await expect(messagesIn(place)).resolves.toHaveLength(2);
  });

  it('always continues behind the newest reply, whoever writes at once', async () => {
    const place = await database.conversation();
    const writer = async (name: number) => {
      let written = 0;
      while (written < 6) {
        const claim = await database.begin({ content: `${name}.${written}` }, place).catch(() => null);
        if (!claim) continue;
        await database.replies.settle(database.owner, claim, 'Yes.', COMPLETED);
        written += 1;
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, name) => writer(name)));
    const messages = await messagesIn(place);
    const parents = new Set(messages.map(({ parent_id }) => parent_id));
    expect(messages).toHaveLength(96);
    expect(parents.size).toBe(96); // one message without a parent, and no parent with two children
  });

  it('counts its messages, and moves the active leaf and the time of the last message', async () => {
    const place = await database.conversation();
    const { reply } = await open(place);
    const conversation = await database.conversations.findOwned(place.userId, place.conversationId);
    expect(conversation).toMatchObject({ messageCount: 2, activeLeafId: reply.id });
    expect(conversation!.lastMessageAt).toEqual(reply.createdAt);
    expect(conversation!.lastActivityAt).toEqual(reply.createdAt);
  });

  it('gives the system prompt, and the model that the conversation has', async () => {
    const place = await database.conversation({ systemPrompt: 'Be brief.', model: 'custom/own' });
    const { context, reply } = await open(place);
    expect([context.systemPrompt, reply.model]).toEqual(['Be brief.', 'custom/own']);
  });

  describe('elsewhere than at the end', () => {
    it('starts a sibling of the first questions with parent null', async () => {
      const place = await database.conversation();
      const first = await database.exchange(place, 'Oslo?', 'Cold.');
      const { question } = await open(place, { parentId: null });
      expect(question.parentId).toBeNull();
      expect(question.siblingIds).toEqual([first.parentId, question.id]);
    });

    it('starts a branch behind an earlier reply', async () => {
      const place = await database.conversation();
      const first = await database.exchange(place, 'Oslo?', 'Cold.');
      const second = await database.exchange(place, 'Bergen?', 'Wet.');
      const { question } = await open(place, { parentId: first.id });
      expect(question.siblingIds).toEqual([second.parentId, question.id]);
    });

    it('is refused behind a question', async () => {
      const place = await database.conversation();
      const { parentId } = await database.exchange(place, 'Oslo?', 'Cold.');
      expect(await codeOf(open(place, { parentId }))).toBe('conflict');
    });

    it('is refused behind a message that is unknown, or in another conversation', async () => {
      const [place, elsewhere] = [await database.conversation(), await database.conversation()];
      const { id } = await database.exchange(elsewhere, 'Oslo?', 'Cold.');
      expect(await codeOf(open(place, { parentId: newId() }))).toBe('not_found');
      expect(await codeOf(open(place, { parentId: id }))).toBe('not_found');
    });

    it('is taken a hundred times in one place, and then refused', async () => {
      const place = await database.conversation();
      const { id } = await database.exchange(place, 'Oslo?', 'Cold.');
      for (let n = 0; n < 100; n++)
        await database.exchange(place, `${n}?`, 'Yes.', COMPLETED, { parentId: id });
      expect(await codeOf(open(place, { parentId: id }))).toBe('conflict');
      for (let n = 1; n < 100; n++)
        await database.exchange(place, `${n}?`, 'Yes.', COMPLETED, { parentId: null });
      expect(await codeOf(open(place, { parentId: null }))).toBe('conflict');
    });
  });

  describe('meets what came in since it looked at the conversation', () => {
    /** Does that once, before the turn is written. */
    function before(act: () => Promise<unknown>): void {
      const query = database.dataSource.query.bind(database.dataSource);
      const spy = jest.spyOn(database.dataSource, 'query');
      spy.mockImplementation(async (...[sql, parameters]) => {
        if (sql === INSERT_EXCHANGE || sql === INSERT_REPLY) {
          spy.mockRestore();
          await act();
        }
        return query(sql, parameters);
      });
    }
    const setLeaf = (conversationId: string, leafId: string) =>
      database.query('update conversations set active_leaf_id = $2 where id = $1', [conversationId, leafId]);

    it('and continues behind the leaf that was chosen', async () => {
      const place = await database.conversation();
      const first = await database.exchange(place, 'Oslo?', 'Cold.');
      await database.exchange(place, 'Bergen?', 'Wet.');
      before(() => setLeaf(place.conversationId, first.id));
      const { question } = await open(place);
      expect(question.parentId).toBe(first.id);
    });

    it('and gives way to the reply that is being written, though the leaf is what it was', async () => {
      const place = await database.conversation();
      const { id } = await database.exchange(place, 'Oslo?', 'Cold.');
      before(async () => {
        await database.begin({}, place);
        await setLeaf(place.conversationId, id);
      });
      expect(await codeOf(open(place))).toBe('reply_in_progress');
    });

    it('and gives way to another reply to the same question', async () => {
      const place = await database.conversation();
      const { id } = await database.exchange(place, 'Oslo?', 'Cold.');
      const regenerate = () => {
        const again = { ...place, formerReplyId: id, replyId: newId(), chooseModel: () => aModel() };
        return database.turns.regenerate(database.owner, again);
      };
      before(regenerate);
      expect(await codeOf(regenerate())).toBe('reply_in_progress');
      await expect(messagesIn(place)).resolves.toHaveLength(3);
    });

    it('and is not there where the conversation is gone', async () => {
      const place = await database.conversation();
      before(() => database.query('delete from conversations where id = $1', [place.conversationId]));
      expect(await codeOf(open(place))).toBe('not_found');
    });
  });

  it('that is refused leaves nothing behind', async () => {
    const place = await database.conversation();
    const noModel = () => {
      throw new Error('no such model');
    };
    await expect(open(place, { chooseModel: noModel })).rejects.toThrow('no such model');
    expect(await codeOf(open(place, { parentId: newId() }))).toBe('not_found');
    await expect(messagesIn(place)).resolves.toEqual([]);
    const conversation = await database.conversations.findOwned(place.userId, place.conversationId);
    expect(conversation).toMatchObject({ messageCount: 0, activeLeafId: null, lastMessageAt: null });
  });

  const messagesIn = ({ conversationId }: { conversationId: string }) =>
    database.query<{ id: string; parent_id: string | null }>(
      'select id, parent_id from messages where conversation_id = $1',
      [conversationId],
    );
});
