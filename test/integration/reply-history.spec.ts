import { countTokens } from '../../src/common/tokens';
import { CANCELLED, INTERRUPTED } from '../../src/conversations/replies/reply.generator';
import type { OpenedTurn, Turn } from '../../src/conversations/replies/turn.repository';
import { MESSAGE_TOKENS } from '../../src/conversations/replies/turn-context';
import type { ReplyEnd } from '../../src/conversations/replies/running-reply';
import { aModel } from '../factories/model';
import { aTurn } from '../factories/turn';
import { COMPLETED, ReplyDatabase } from '../support/reply-database';

const FAILED: ReplyEnd = {
  status: 'failed',
  finishReason: 'error',
  error: { code: 'model_failed', detail: 'It failed.' },
};

const QUESTION = 'Now?';
const tokensOf = (...texts: readonly string[]) =>
  texts.reduce((sum, text) => sum + countTokens(text) + MESSAGE_TOKENS, 0);

/** A model that has room for so many tokens of history beside the question. */
const withRoomFor = (tokens: number) =>
  aModel('custom/any', {
    contextTokens: 4_000_000,
    maxOutputTokens: 4_000_000 - Math.ceil(((tokens + tokensOf(QUESTION)) * 4) / 3),
  });

describe('The history that a model is given', () => {
  let database: ReplyDatabase;
  beforeAll(async () => (database = await ReplyDatabase.open()));
  afterAll(() => database.close());

  type Place = Pick<Turn, 'userId' | 'conversationId'>;

  /** Asks behind a reply, and ends what comes of it, so that the next one can. */
  async function ask(place: Place, parentId: string, tokens = 1_000_000): Promise<OpenedTurn> {
    const turn = aTurn(place, { content: QUESTION, parentId, chooseModel: () => withRoomFor(tokens) });
    const opened = await database.turns.open(database.owner, turn);
    const claim = { replyId: turn.replyId, conversationId: place.conversationId, fence: 1 };
    await database.replies.settle(database.owner, claim, 'Later.', COMPLETED);
    return opened;
  }
  const said = async (...parameters: Parameters<typeof ask>) =>
    (await ask(...parameters)).history.map(({ content }) => content);

  it('is the branch of the leaf, oldest first, with who said what', async () => {
    const place = await database.conversation();
    const first = await database.exchange(place, 'Oslo?', 'Cold.');
    const second = await database.exchange(place, 'Bergen?', 'Wet.');
    await database.exchange(place, 'Or Paris?', 'Far.', COMPLETED, { parentId: first.id });
    expect((await ask(place, second.id)).history).toMatchObject([
      { role: 'user', content: 'Oslo?' },
      { role: 'assistant', content: 'Cold.' },
      { role: 'user', content: 'Bergen?' },
      { role: 'assistant', content: 'Wet.' },
    ]);
  });

  it('is the newest that fits, without a gap, and begins with a question', async () => {
    const place = await database.conversation();
    const long = 'long '.repeat(100);
    await database.exchange(place, 'a', 'b');
    await database.exchange(place, long, 'c');
    const { id } = await database.exchange(place, 'd', 'e');
    expect(await said(place, id, 0)).toEqual([]);
    expect(await said(place, id, tokensOf('d', 'e') - 1)).toEqual([]);
    expect(await said(place, id, tokensOf('d', 'e'))).toEqual(['d', 'e']);
    expect(await said(place, id, tokensOf('c', 'd', 'e'))).toEqual(['d', 'e']);
    expect(await said(place, id, tokensOf(long, 'c', 'd', 'e'))).toEqual([long, 'c', 'd', 'e']);
  });

  it('counts what is given, the question included, and says where it begins', async () => {
    const place = await database.conversation({ systemPrompt: 'Be brief.' });
    const first = await database.exchange(place, 'a', 'b');
    const { id } = await database.exchange(place, 'c', 'd');
    const room = tokensOf('Be brief.', 'c', 'd');
    const { context } = await ask(place, id, room);
    expect(context).toMatchObject({
      windowTokens: 4_000_000,
      promptTokens: tokensOf('Be brief.', 'c', 'd', QUESTION),
      systemPrompt: 'Be brief.',
    });
    const [oldest] = await database.query<{ id: string }>('select id from messages where parent_id = $1', [
      first.id,
    ]);
    expect(context.from).toBe(oldest!.id);
  });

  it('has cancelled and interrupted replies with what they said, and no failed ones', async () => {
    const place = await database.conversation();
    await database.exchange(place, '1', 'cancelled', CANCELLED);
    await database.exchange(place, '2', '', CANCELLED);
    await database.exchange(place, '3', 'interrupted', INTERRUPTED);
    await database.exchange(place, '4', 'failed', FAILED);
    const { id } = await database.exchange(place, '5', '', FAILED);
    expect(await said(place, id)).toEqual(['1', 'cancelled', '2', '3', 'interrupted', '4', '5']);
  });

  it('has room for more where a failed reply has said a lot', async () => {
    const place = await database.conversation();
    await database.exchange(place, 'a', 'b');
    const { id } = await database.exchange(place, 'c', 'failed '.repeat(1_000), FAILED);
    expect(await said(place, id, tokensOf('a', 'b', 'c'))).toEqual(['a', 'b', 'c']);
  });

  it('is the same when the reply is written anew, whatever has changed', async () => {
    const place = await database.conversation({ systemPrompt: 'Be brief.' });
    await database.exchange(place, 'a', 'b');
    const { id } = await database.exchange(place, 'c', 'd');
    const { reply, history, context } = await ask(place, id, tokensOf('Be brief.', 'c', 'd'));
    await database.query(`update conversations set system_prompt = 'Be long.' where id = $1`, [
      place.conversationId,
    ]);
    const again = (await database.turns.findOpened(reply.id))!;
    expect(again.context).toEqual(context);
    expect(again.history).toEqual(history.map(({ role, content }) => ({ role, content })));
    expect(again.history).toHaveLength(2);
  });

  it('takes a constant number of steps, however long the branch is', async () => {
    const place = await database.conversation();
    let { id } = await database.exchange(place, 'q', 'a');
    for (let n = 0; n < 300; n++) ({ id } = await database.exchange(place, `q${n}`, `a${n}`));
    const history = await said(place, id);
    expect(history).toHaveLength(500);
    expect(history.at(-1)).toBe('a299');
  });

  it('is never of a conversation that the parent is not in', async () => {
    const [place, other] = [await database.conversation(), await database.conversation()];
    const { id } = await database.exchange(other, 'a', 'b');
    await expect(ask(place, id)).rejects.toMatchObject({ code: 'not_found' });
  });
});
