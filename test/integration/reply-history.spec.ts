import { estimateTokens } from '../../src/conversations/replies/tokens';
import { CANCELLED, INTERRUPTED } from '../../src/conversations/replies/reply.generator';
import type { ReplyEnd } from '../../src/conversations/replies/running-reply';
import { COMPLETED, ReplyDatabase } from '../support/reply-database';

const FAILED: ReplyEnd = {
  status: 'failed',
  finishReason: 'error',
  error: { code: 'model_failed', detail: 'It failed.' },
};

describe('The history that a model is given', () => {
  let database: ReplyDatabase;
  beforeAll(async () => (database = await ReplyDatabase.open()));
  afterAll(() => database.close());

  const said = async (leafId: string, maxTokens = 1_000_000) =>
    (await database.turns.history(leafId, maxTokens)).map(({ content }) => content);

  it('is the branch of the leaf, oldest first, with who said what', async () => {
    const place = await database.conversation();
    const first = await database.exchange(place, 'Oslo?', 'Cold.');
    const second = await database.exchange(place, 'Bergen?', 'Wet.');
    await database.exchange(place, 'Or Paris?', 'Far.', COMPLETED, { parentId: first.id });
    await expect(database.turns.history(second.id, 1_000)).resolves.toEqual([
      { role: 'user', content: 'Oslo?' },
      { role: 'assistant', content: 'Cold.' },
      { role: 'user', content: 'Bergen?' },
      { role: 'assistant', content: 'Wet.' },
    ]);
  });

  it('is the newest that fits, without a gap', async () => {
    const place = await database.conversation();
    await database.exchange(place, 'a', 'b');
    await database.exchange(place, 'long '.repeat(100), 'c');
    const { id } = await database.exchange(place, 'd', 'e');
    expect(await said(id, 4)).toEqual(['c', 'd', 'e']);
    expect(await said(id, 2)).toEqual(['d', 'e']);
    expect(await said(id, 0)).toEqual([]);
    expect(await said(id, estimateTokens('long '.repeat(100)) + 3)).toHaveLength(4);
  });

  it('has cancelled and interrupted replies with what they said, and no failed ones', async () => {
    const place = await database.conversation();
    await database.exchange(place, '1', 'cancelled', CANCELLED);
    await database.exchange(place, '2', '', CANCELLED);
    await database.exchange(place, '3', 'interrupted', INTERRUPTED);
    await database.exchange(place, '4', 'failed', FAILED);
    const { id } = await database.exchange(place, '5', '', FAILED);
    expect(await said(id)).toEqual(['1', 'cancelled', '2', '3', 'interrupted', '4', '5']);
  });

  it('takes a constant number of steps, however long the branch is', async () => {
    const place = await database.conversation();
    let { id } = await database.exchange(place, 'q', 'a');
    for (let n = 0; n < 300; n++) ({ id } = await database.exchange(place, `q${n}`, `a${n}`));
    const history = await said(id);
    expect(history).toHaveLength(501);
    expect(history.at(-1)).toBe('a299');
  });
});
