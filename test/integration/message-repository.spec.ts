import { newId } from '../../src/common/ids';
import { decodeCursor } from '../../src/common/paging/cursor';
import { CANCELLED } from '../../src/conversations/replies/reply.generator';
import { aBeat, COMPLETED, ReplyDatabase } from '../support/reply-database';

describe('Messages', () => {
  let database: ReplyDatabase;
  let place: Awaited<ReturnType<ReplyDatabase['conversation']>>;
  beforeAll(async () => (database = await ReplyDatabase.open()));
  beforeEach(async () => (place = await database.conversation()));
  afterAll(() => database.close());

  const find = (id: string) => database.messages.findOwned(place.userId, place.conversationId, id);
  const leafOf = (id: string) => database.messages.findLeafOwned(place.userId, place.conversationId, id);

  describe('of a running reply', () => {
    it('read pending until there is text', async () => {
      const claim = await database.begin({}, place);
      await database.replies.beat(database.owner, [aBeat(claim, '')]);
      await expect(find(claim.replyId)).resolves.toMatchObject({ status: 'pending', content: '' });
    });

    it('read streaming with the text stored so far, chunk after chunk in order', async () => {
      const claim = await database.begin({}, place);
      let text = '';
      for (let n = 0; n < 12; n++) {
        const from = text.length;
        text += `${n}😀 `;
        await database.replies.beat(database.owner, [aBeat(claim, text, from)]);
      }
      await expect(find(claim.replyId)).resolves.toMatchObject({ status: 'streaming', content: text });
      const { data } = await database.messages.pageOfBranch(
        place.userId,
        place.conversationId,
        claim.replyId,
        { limit: 1 },
      );
      expect(data).toMatchObject([{ status: 'streaming', content: text, completedAt: null }]);
    });
  });

  it('are absent to everybody but their owner, and in every other conversation', async () => {
    const { id } = await database.exchange(place, 'Oslo?', 'Cold.');
    const elsewhere = await database.conversation();
    await expect(database.messages.findOwned(newId(), place.conversationId, id)).resolves.toBeNull();
    await expect(database.messages.findOwned(place.userId, elsewhere.conversationId, id)).resolves.toBeNull();
    await expect(database.messages.findLeafOwned(newId(), place.conversationId, id)).resolves.toBeNull();
    const page = await database.messages.pageOfBranch(newId(), place.conversationId, id, { limit: 5 });
    expect(page.data).toEqual([]);
  });

  it('know their siblings, oldest first and themselves among them', async () => {
    const first = await database.exchange(place, 'Oslo?', 'Cold.');
    const replies = [];
    for (let n = 0; n < 3; n++)
      replies.push(await database.exchange(place, `${n}`, 'Yes.', COMPLETED, { parentId: first.id }));
    const root = await database.exchange(place, 'Bergen?', 'Wet.', COMPLETED, { parentId: null });
    const questions = replies.map(({ parentId }) => parentId!);
    for (const id of questions) expect((await find(id))!.siblingIds).toEqual(questions);
    expect((await find(first.id))!.siblingIds).toEqual([first.id]);
    for (const id of [first.parentId!, root.parentId!])
      expect((await find(id))!.siblingIds).toEqual([first.parentId, root.parentId]);
  });

  it('have the first questions of no other conversation as siblings', async () => {
    await database.exchange(await database.conversation(), 'Bergen?', 'Wet.');
    const { parentId } = await database.exchange(place, 'Oslo?', 'Cold.');
    expect((await find(parentId!))!.siblingIds).toEqual([parentId]);
  });

  describe('of a branch', () => {
    it('run on from any of them through the newest child to the leaf', async () => {
      const first = await database.exchange(place, '1', 'a');
      await database.exchange(place, '2', 'b');
      const newer = await database.exchange(place, '3', 'c', COMPLETED, { parentId: first.id });
      const leaf = await database.exchange(place, '4', 'd');
      for (const id of [first.parentId!, first.id, newer.id, leaf.id]) expect(await leafOf(id)).toBe(leaf.id);
    });

    it('end at a reply that is still being written', async () => {
      const { id } = await database.exchange(place, '1', 'a');
      const claim = await database.begin({}, place);
      expect(await leafOf(id)).toBe(claim.replyId);
    });

    it.each([1, 2, 3, 5, 8, 100])(
      'come newest first in pages of %i, none lost and none twice',
      async (limit) => {
        const first = await database.exchange(place, 'q0', 'a0');
        await database.exchange(place, 'another branch', 'b');
        let leaf = await database.exchange(place, 'q1', 'a1', CANCELLED, { parentId: first.id });
        for (let n = 2; n < 5; n++) leaf = await database.exchange(place, `q${n}`, `a${n}`);
        const said: string[] = [];
        let from: string | null = leaf.id;
        while (from) {
          const page = await database.messages.pageOfBranch(place.userId, place.conversationId, from, {
            limit,
          });
          expect(page.data.length).toBeLessThanOrEqual(limit);
          expect(page.hasMore).toBe(page.nextCursor !== null);
          said.push(...page.data.map(({ content }) => content));
          from = page.nextCursor && decodeCursor(page.nextCursor, 'id').id;
        }
        expect(said.reverse()).toEqual([0, 1, 2, 3, 4].flatMap((n) => [`q${n}`, `a${n}`]));
      },
    );
  });
});
