import { newId } from '../../src/common/ids';
import type { ConversationResponse } from '../../src/conversations/conversation.dto';
import { MessageRepository } from '../../src/conversations/message.repository';
import { addSiblings } from '../support/branches';
import { Client, type ProblemBody } from '../support/client';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';

describe('Branches', () => {
  let parley: RunningApp;
  let ana: Client;
  let id: string;

  beforeAll(async () => ({ parley, ana } = await startScriptedApp()));

  beforeEach(async () => {
    ({ id } = await ana.conversation());
  });

  afterAll(() => parley.close());

  const send = (content: string, parentId?: string | null) =>
    ana.send(id, content, parentId === undefined ? {} : { parentId });
  const place = () => ({ userId: ana.tokens!.user.id, conversationId: id });
  const readConversation = async () => (await ana.get<ConversationResponse>(`/conversations/${id}`)).body;
  const refusal = (parentId: string | null) =>
    ana.post(`/conversations/${id}/messages`, { content: 'x', parentId });

  /** Two branches below one first exchange: of `old` and of `edited`, which is the one in use. */
  async function fork() {
    const first = await send('First');
    const [old, edited] = [await send('Old'), await send('Edited', first.reply.id)];
    return { first, old, edited };
  }

  describe('that a question starts', () => {
    it('begin after an earlier reply', async () => {
      const { first, old, edited } = await fork();
      expect(edited.message.parentId).toBe(first.reply.id);
      const siblingIds = [old.message.id, edited.message.id];
      expect(edited.message.siblingIds).toEqual(siblingIds);
      expect((await ana.message(id, old.message.id)).siblingIds).toEqual(siblingIds);
    });

    it('begin anew without a parent', async () => {
      const first = await send('First');
      const again = await send('Again', null);
      expect(again.message).toMatchObject({
        parentId: null,
        siblingIds: [first.message.id, again.message.id],
      });
    });

    it('are in use from then on, and count together', async () => {
      const { edited } = await fork();
      expect(await readConversation()).toMatchObject({ activeLeafId: edited.reply.id, messageCount: 6 });
      expect((await send('More')).message.parentId).toBe(edited.reply.id);
    });

    it('cannot begin after a question', async () => {
      const { message } = await send('First');
      expect(await refusal(message.id)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    });

    it('cannot begin after what is not there', async () => {
      expect(await refusal(newId())).toMatchObject({ status: 404, body: { code: 'not_found' } });
    });

    it('cannot begin in another conversation', async () => {
      const { reply } = await send('First');
      ({ id } = await ana.conversation());
      expect(await refusal(reply.id)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    });

    it("cannot begin after somebody else's reply", async () => {
      const { reply } = await send('First');
      const ben = await Client.guest(parley.url);
      const own = await ben.conversation();
      const refused = await ben.post(`/conversations/${own.id}/messages`, {
        content: 'x',
        parentId: reply.id,
      });
      expect(refused).toMatchObject({ status: 404, body: { code: 'not_found' } });
    });

    it.each(['first questions', 'questions after one reply'])('are a hundred %s at most', async (what) => {
      const { reply } = await send('First');
      const parentId = what === 'first questions' ? null : reply.id;
      await addSiblings(parley.database, place(), parentId, parentId ? 99 : 98);
      expect((await send('Hundredth', parentId)).message.siblingIds).toHaveLength(100);
      expect(await refusal(parentId)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    });
  });

  describe('that are chosen', () => {
    const choose = (activeLeafId: string | null) =>
      ana.patch<ConversationResponse & ProblemBody>(`/conversations/${id}`, { activeLeafId });

    it.each(['message', 'reply'] as const)('run from any %s of them to their end', async (which) => {
      const { old } = await fork();
      const end = await send('Further', old.reply.id);
      await send('Elsewhere', null);
      expect((await choose(old[which].id)).body.activeLeafId).toBe(end.reply.id);
      expect((await send('More')).message.parentId).toBe(end.reply.id);
    });

    it('run on through the newest child', async () => {
      const { first, edited } = await fork();
      await send('Elsewhere', null);
      expect((await choose(first.message.id)).body.activeLeafId).toBe(edited.reply.id);
    });

    it('run on to what is asked while they are chosen', async () => {
      const { old } = await fork();
      const messages = parley.app.get(MessageRepository);
      const findLeaf = messages.findLeafOwned.bind(messages);
      let further: Awaited<ReturnType<typeof send>>;
      jest.spyOn(messages, 'findLeafOwned').mockImplementationOnce(async (...of) => {
        const leaf = await findLeaf(...of);
        further = await send('Further', old.reply.id);
        return leaf;
      });
      expect((await choose(old.message.id)).body.activeLeafId).toBe(further!.reply.id);
    });

    it('are none when it is null, and the next question starts anew', async () => {
      await fork();
      expect((await choose(null)).body.activeLeafId).toBeNull();
      expect((await ana.get(`/conversations/${id}/messages`)).body).toMatchObject({ data: [] });
      expect((await send('Again')).message.parentId).toBeNull();
    });

    it("cannot be another conversation's", async () => {
      const { reply } = await send('First');
      ({ id } = await ana.conversation());
      expect(await choose(reply.id)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    });
  });
});
