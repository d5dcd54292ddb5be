import type { Conversation } from '../api/types';
import { late, refused, unreachable } from '../fakes/fake-parley';
import { stopTheClock } from '../fakes/fake-timers';
import { settled } from '../fakes/settled';
import { Stage } from '../fakes/stage';
import { UNDO_MS, type Conversations } from './conversations';
import type { PagedList } from './paged-list';

let stage: Stage;
let conversations: Conversations;

beforeEach(async () => {
  stopTheClock();
  stage = await Stage.open();
  conversations = stage.conversations;
});
afterEach(() => {
  stage.close();
  jest.useRealTimers();
});

/** On the server; each one is newer than those before it. */
const made = (title: string, more: Partial<Conversation> = {}) =>
  stage.server.history.conversation({ title, ...more });

const titles = (list: PagedList<Conversation>) => conversations.visible(list).value.map(({ title }) => title);
const shown = () => ({
  pinned: titles(conversations.pinned),
  recent: titles(conversations.recent),
  archived: titles(conversations.archived),
});
const patches = () => stage.server.all(/^PATCH/);
const deletions = () => stage.server.all(/^DELETE/);

function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('The lists of conversations', () => {
  it('have each conversation in its place, the newest first', async () => {
    for (const title of ['Oslo', 'Bergen']) made(title);
    made('Rome', { pinned: true });
    made('Paris', { archived: true });
    await conversations.refresh();
    expect(shown()).toEqual({ pinned: ['Rome'], recent: ['Bergen', 'Oslo'], archived: [] });
  });

  it('leave the archive alone until somebody has looked into it', async () => {
    made('Paris', { archived: true });
    await conversations.refresh();
    expect(stage.server.all(/^GET/).map(({ query }) => query.get('archived'))).toEqual([null, null]);
    await conversations.archived.refresh();
    made('Rome', { archived: true });
    await conversations.refresh();
    expect(shown().archived).toEqual(['Rome', 'Paris']);
  });

  it('have a new conversation at their head, and an older one where its time is', async () => {
    const [oslo, bergen, rome] = [made('Oslo'), made('Bergen'), made('Rome')];
    stage.server.history.delete(bergen.id);
    await conversations.refresh();
    conversations.put(made('Paris'));
    conversations.put(bergen);
    expect(shown().recent).toEqual(['Paris', 'Rome', 'Bergen', 'Oslo']);
    conversations.put({ ...oslo, lastMessageAt: '2026-02-01T00:00:00.000Z' });
    expect(shown().recent).toEqual(['Oslo', 'Paris', 'Rome', 'Bergen']);
    conversations.put({ ...rome, title: 'Roma' });
    expect(shown().recent).toEqual(['Oslo', 'Paris', 'Roma', 'Bergen']);
  });

  it('leave one that is older than all that was loaded to its page', async () => {
    const oldest = made('Oslo');
    for (let n = 0; n < 40; n++) made(`Trip ${n}`);
    await conversations.refresh();
    conversations.put(oldest);
    expect(shown().recent).not.toContain('Oslo');
    await conversations.recent.loadMore();
    expect(shown().recent.at(-1)).toBe('Oslo');
  });

  it('have nothing put into a list that nobody has seen yet', async () => {
    made('Rome', { archived: true });
    conversations.put(made('Paris', { archived: true }));
    expect(shown().archived).toEqual([]);
    await conversations.archived.refresh();
    expect(shown().archived).toEqual(['Paris', 'Rome']);
  });
});

describe('A change of a conversation', () => {
  it.each([
    [{ pinned: true }, { pinned: ['Oslo'], recent: ['Bergen'], archived: [] }],
    [{ archived: true }, { pinned: [], recent: ['Bergen'], archived: ['Oslo'] }],
    [{ title: 'Oslo again' }, { pinned: [], recent: ['Bergen', 'Oslo again'], archived: [] }],
  ])('is shown at once: %j', async (change, after) => {
    const oslo = made('Oslo');
    made('Bergen');
    await Promise.all([conversations.refresh(), conversations.archived.refresh()]);
    const changing = conversations.change(oslo, change);
    expect([shown(), patches().length]).toEqual([after, 0]);
    expect(await changing).toMatchObject({ id: oslo.id, ...change });
    expect(shown()).toEqual(after);
    expect(patches().map(({ body }) => body)).toEqual([change]);
    expect(stage.told).toEqual([{ type: 'conversation', id: oslo.id }]);
  });

  it('brings one back from the archive to where its time is', async () => {
    const oslo = made('Oslo', { archived: true });
    made('Bergen');
    await Promise.all([conversations.refresh(), conversations.archived.refresh()]);
    await conversations.change(oslo, { archived: false });
    expect(shown()).toEqual({ pinned: [], recent: ['Bergen', 'Oslo'], archived: [] });
  });

  it.each([
    ['is refused', refused(500, 'internal')],
    ['does not arrive', unreachable],
  ])('is taken back when it %s, and that is said', async (_what, mishap) => {
    const oslo = made('Oslo');
    made('Bergen');
    await conversations.refresh();
    stage.server.next(/^PATCH/, mishap);
    expect(await conversations.change(oslo, { pinned: true })).toBeNull();
    expect([shown().pinned, shown().recent, stage.failures.length]).toEqual([[], ['Bergen', 'Oslo'], 1]);
    expect(stage.told).toEqual([]);
  });

  it('that is taken back leaves what was changed meanwhile', async () => {
    const [oslo, answer] = [made('Oslo'), gate()];
    await conversations.refresh();
    stage.server.next(/^PATCH/, async () => {
      await answer.opened;
      return refused(500, 'internal')(() => new Response());
    });
    const renaming = conversations.change(oslo, { title: 'Bergen' });
    await conversations.change({ ...oslo, title: 'Bergen' }, { pinned: true });
    answer.open();
    await renaming;
    expect(shown()).toEqual({ pinned: ['Oslo'], recent: [], archived: [] });
  });
});

describe('A conversation that is deleted', () => {
  const [onUndo, undo] = [jest.fn(), () => stage.notices.shown.value[0]!.action!.run()];
  let oslo: Conversation;

  beforeEach(async () => {
    onUndo.mockClear();
    [oslo] = [made('Oslo'), made('Bergen')];
    await conversations.refresh();
    conversations.delete(oslo, onUndo);
  });

  it('is out of sight at once, and on the server for as long as it can be taken back', async () => {
    expect([shown().recent, conversations.isLeaving(oslo.id)]).toEqual([['Bergen'], true]);
    expect(stage.notices.shown.value).toMatchObject([
      { text: '“Oslo” is deleted.', action: { label: 'Undo' } },
    ]);
    await jest.advanceTimersByTimeAsync(UNDO_MS - 1);
    await conversations.refresh();
    expect([shown().recent, deletions()]).toEqual([['Bergen'], []]);
  });

  it('is back in its place when that is taken back, and was never deleted', async () => {
    undo();
    expect([shown().recent, onUndo.mock.calls.length]).toEqual([['Bergen', 'Oslo'], 1]);
    await jest.advanceTimersByTimeAsync(UNDO_MS * 2);
    expect(deletions()).toEqual([]);
  });

  it('is deleted once when nobody has taken it back', async () => {
    await jest.advanceTimersByTimeAsync(UNDO_MS);
    await settled();
    expect(deletions().map(({ line }) => line)).toEqual([`DELETE /conversations/${oslo.id}`]);
    await conversations.refresh();
    expect([shown().recent, stage.told, stage.failures]).toEqual([
      ['Bergen'],
      [{ type: 'conversations' }],
      [],
    ]);
    await jest.advanceTimersByTimeAsync(UNDO_MS * 2);
    expect(deletions()).toHaveLength(1);
  });

  it('is deleted at once when the page is left, by a request that outlives it', async () => {
    conversations.deleteLeaving();
    await settled();
    expect(deletions()).toMatchObject([{ line: `DELETE /conversations/${oslo.id}`, keepalive: true }]);
    await jest.advanceTimersByTimeAsync(UNDO_MS);
    expect(deletions()).toHaveLength(1);
  });

  it('is deleted once however often the page is left', async () => {
    const answer = gate();
    stage.server.next(/^DELETE/, late(answer.opened));
    conversations.deleteLeaving();
    conversations.deleteLeaving();
    await settled();
    answer.open();
    await settled();
    conversations.deleteLeaving();
    await settled();
    expect(deletions()).toHaveLength(1);
  });

  it('cannot be taken back any more once that is on its way', async () => {
    conversations.deleteLeaving();
    undo();
    await settled();
    expect([shown().recent, onUndo.mock.calls]).toEqual([['Bergen'], []]);
  });

  it('may be deleted elsewhere before', async () => {
    stage.server.history.delete(oslo.id);
    await jest.advanceTimersByTimeAsync(UNDO_MS);
    await settled();
    expect([shown().recent, stage.failures, conversations.recent.has(oslo.id)]).toEqual([
      ['Bergen'],
      [],
      false,
    ]);
  });

  it('is not brought back by an answer that was on its way meanwhile', async () => {
    const answer = gate();
    stage.server.next(/^GET/, late(answer.opened));
    stage.server.next(/^GET/, late(answer.opened));
    const refreshing = conversations.refresh();
    await settled();
    await jest.advanceTimersByTimeAsync(UNDO_MS);
    await settled();
    answer.open();
    await refreshing;
    expect([deletions().length, shown().recent]).toEqual([1, ['Bergen']]);
  });

  it('is back, and that is said, when it could not be deleted', async () => {
    stage.server.next(/^DELETE/, refused(503, 'database_unavailable'));
    await jest.advanceTimersByTimeAsync(UNDO_MS);
    await settled();
    expect([shown().recent, stage.failures.length]).toEqual([['Bergen', 'Oslo'], 1]);
    expect(conversations.isLeaving(oslo.id)).toBe(false);
  });
});

describe('Several that are deleted', () => {
  it('can each be taken back, whatever they are called', async () => {
    const [one, other] = [made('Oslo'), made('Oslo')];
    await conversations.refresh();
    for (const conversation of [one, other]) conversations.delete(conversation, () => undefined);
    for (const { action } of stage.notices.shown.value) action!.run();
    expect(shown().recent).toEqual(['Oslo', 'Oslo']);
  });

  it('are all gone when the whole history is', async () => {
    const oslo = made('Oslo');
    made('Bergen', { pinned: true });
    await conversations.refresh();
    conversations.delete(oslo, () => undefined);
    await conversations.deleteAll();
    expect([shown().pinned, shown().recent]).toEqual([[], []]);
    expect(stage.told).toEqual([{ type: 'conversations' }]);
    await jest.advanceTimersByTimeAsync(UNDO_MS);
    await settled();
    expect(stage.failures).toEqual([]);
  });

  it('are all still there when the history could not be deleted', async () => {
    made('Oslo');
    await conversations.refresh();
    stage.server.next(/^DELETE/, refused(503, 'database_unavailable'));
    await expect(conversations.deleteAll()).rejects.toMatchObject({ code: 'database_unavailable' });
    expect(shown().recent).toEqual(['Oslo']);
  });
});
