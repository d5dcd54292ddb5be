import type { Conversation } from '../api/types';
import { late, refused, unreachable } from '../fakes/fake-parley';
import { stopTheClock } from '../fakes/fake-timers';
import { settled } from '../fakes/settled';
import { Stage } from '../fakes/stage';
import { Chat } from './chat';

let stage: Stage;
let trip: Conversation;

beforeEach(async () => {
  stopTheClock();
  stage = await Stage.open();
  trip = stage.server.history.conversation({ title: 'Trip' });
  stage.server.history.exchange(trip.id, 'Where?', 'Oslo.');
});
afterEach(() => {
  stage.close();
  jest.useRealTimers();
});

const texts = (chat: Chat) => chat.branch.value.map(({ content }) => content);
const GET = /^GET /;

describe('A chat', () => {
  it('shows its branch, the oldest message first', async () => {
    stage.server.history.exchange(trip.id, 'When?', 'In May.');
    const chat = new Chat(stage, trip.id);
    expect([chat.state.value, texts(chat)]).toEqual(['loading', []]);
    await chat.refresh();
    expect([chat.state.value, texts(chat)]).toEqual(['ready', ['Where?', 'Oslo.', 'When?', 'In May.']]);
    expect(chat.conversation.value).toMatchObject({ id: trip.id, title: 'Trip' });
  });

  it('is ready at once when its conversation is still to be made', async () => {
    const chat = await stage.chat();
    expect([chat.state.value, texts(chat)]).toEqual(['ready', []]);
    expect(stage.server.all(/conversations/)).toHaveLength(0);
  });

  it('shows older messages as they are asked for', async () => {
    for (let n = 0; n < 20; n++) stage.server.history.exchange(trip.id, `Question ${n}`, `Answer ${n}`);
    const chat = await stage.chat(trip.id);
    expect([texts(chat).length, texts(chat).at(-1)]).toEqual([30, 'Answer 19']);
    await chat.loadOlder();
    expect([texts(chat).length, texts(chat)[0], chat.messages.hasMore.value]).toEqual([42, 'Where?', false]);
  });

  it('says when older messages cannot be loaded', async () => {
    for (let n = 0; n < 20; n++) stage.server.history.exchange(trip.id, `Question ${n}`, `Answer ${n}`);
    const chat = await stage.chat(trip.id);
    stage.server.next(GET, refused(503, 'database_unavailable'));
    await chat.loadOlder();
    expect([texts(chat).length, stage.failures.length]).toEqual([30, 1]);
  });

  it.each([
    ['is not there', refused(404, 'not_found')],
    ['has a name that is none', refused(400, 'validation_failed')],
  ])('is missing when its conversation %s', async (_what, mishap) => {
    stage.server.next(/^GET \/conversations\/\w+$/, mishap);
    expect((await stage.chat(trip.id)).state.value).toBe('missing');
  });

  it.each([
    ['cannot be reached', unreachable],
    ['has a fault', refused(500, 'internal')],
  ])('has failed when the server %s, and is there when it is asked again', async (_what, mishap) => {
    stage.server.next(GET, mishap);
    const chat = await stage.chat(trip.id);
    expect([chat.state.value, stage.failures]).toEqual(['failed', []]);
    await chat.refresh();
    expect([chat.state.value, texts(chat)]).toEqual(['ready', ['Where?', 'Oslo.']]);
  });

  it.each([
    ['says nothing while the server cannot be reached', unreachable, 0],
    ['says that it could not be read anew', refused(500, 'internal'), 1],
  ])('stays as it is, and %s', async (_what, mishap, said) => {
    const chat = await stage.chat(trip.id);
    stage.server.next(GET, mishap);
    await chat.refresh();
    expect([chat.state.value, texts(chat), stage.failures.length]).toEqual([
      'ready',
      ['Where?', 'Oslo.'],
      said,
    ]);
  });

  it('is not undone by what was asked for before a question', async () => {
    const chat = await stage.chat(trip.id);
    let arrive: () => void = () => undefined;
    stage.server.next(/messages$/, late(new Promise<void>((resolve) => (arrive = resolve))));
    const refreshing = chat.refresh();
    await settled();
    chat.asking.ask({ content: 'When?' });
    await settled();
    arrive();
    await refreshing;
    expect(texts(chat)).toEqual(['Where?', 'Oslo.', 'When?', '']);
  });

  it('puts its conversation into the list as it is now, but not one that is being deleted', async () => {
    await stage.conversations.refresh();
    const titles = () => stage.conversations.recent.rows.value.map(({ title }) => title);
    stage.server.history.change(trip.id, { title: 'Journey' });
    const chat = await stage.chat(trip.id);
    expect(titles()).toEqual(['Journey']);
    stage.conversations.delete(chat.conversation.value!, () => undefined);
    stage.conversations.recent.remove(trip.id);
    await chat.refresh();
    expect(titles()).toEqual([]);
  });
});

describe('The draft of a chat', () => {
  it('is there after a reload, for each conversation its own', async () => {
    const other = stage.server.history.conversation();
    for (const [id, draft] of [
      [null, 'new'],
      [trip.id, 'trip'],
      [other.id, 'other'],
    ] as const)
      (await stage.chat(id)).draft.value = draft;
    stage = stage.reload();
    const drafts = [null, trip.id, other.id].map((id) => new Chat(stage, id).draft.value);
    expect(drafts).toEqual(['new', 'trip', 'other']);
  });

  it('is kept as long as there is one', async () => {
    const chat = await stage.chat(trip.id);
    chat.draft.value = 'How';
    chat.draft.value = '';
    expect(stage.kept.read(chat.keptAs('draft'))).toBeNull();
  });

  it('moves into the conversation that is made meanwhile', async () => {
    const chat = await stage.chat();
    chat.asking.ask({ content: 'Where?' });
    chat.draft.value = 'And when?';
    await settled();
    expect([chat.draft.value, stage.kept.read('draft.new')]).toEqual(['And when?', null]);
    expect(stage.kept.read(`draft.${chat.id}`)).toBe('And when?');
  });

  it('stays kept when the chat is closed, and is not written any more', async () => {
    const chat = await stage.chat(trip.id);
    chat.draft.value = 'How';
    chat.close();
    chat.draft.value = 'Changed after that';
    expect(stage.kept.read(chat.keptAs('draft'))).toBe('How');
  });
});

describe('What is chosen for a chat', () => {
  it('is planned while there is no conversation, each on its own', async () => {
    const chat = await stage.chat();
    await chat.choose({ model: 'demo/parrot' });
    await chat.choose({ systemPrompt: 'Be brief.' });
    expect(chat.plan.value).toEqual({ model: 'demo/parrot', systemPrompt: 'Be brief.' });
    expect(stage.server.all(/^PATCH/)).toHaveLength(0);
  });

  it('changes the conversation once there is one', async () => {
    const chat = await stage.chat(trip.id);
    await chat.choose({ model: 'demo/parrot' });
    expect(chat.conversation.value?.model).toBe('demo/parrot');
    expect(stage.server.history.getConversation(trip.id).model).toBe('demo/parrot');
  });

  it('is as it was when the server does not take it, and that is said', async () => {
    const chat = await stage.chat(trip.id);
    stage.server.next(/^PATCH/, refused(400, 'unknown_model'));
    await chat.choose({ model: 'demo/gone' });
    expect([chat.conversation.value?.model, stage.failures.length]).toEqual([null, 1]);
  });
});

describe('Another branch of a chat', () => {
  it('is shown to its end', async () => {
    stage.server.history.exchange(trip.id, 'When?', 'In May.');
    stage.server.history.exchange(trip.id, 'Who?', 'Ana.', null);
    const chat = await stage.chat(trip.id);
    expect(texts(chat)).toEqual(['Who?', 'Ana.']);
    const [first] = chat.branch.value[0]!.siblingIds;
    await chat.showBranchOf(first!);
    expect(texts(chat)).toEqual(['Where?', 'Oslo.', 'When?', 'In May.']);
    expect(stage.server.history.getConversation(trip.id).activeLeafId).toBe(chat.branch.value.at(-1)!.id);
  });

  it('has its answer read on when that is still being written', async () => {
    const reply = stage.server.history.ask(trip.id, { content: 'When?' });
    reply.write('In ');
    stage.server.history.change(trip.id, { activeLeafId: null });
    const chat = await stage.chat(trip.id);
    await chat.showBranchOf(reply.id);
    await settled();
    expect([texts(chat).at(-1), chat.asking.live.value]).toEqual(['In ', { id: reply.id, text: 'In ' }]);
  });

  it('is not shown when the server does not take that', async () => {
    stage.server.history.exchange(trip.id, 'Who?', 'Ana.', null);
    const chat = await stage.chat(trip.id);
    stage.server.next(/^PATCH/, unreachable);
    await chat.showBranchOf(chat.branch.value[0]!.siblingIds[0]!);
    expect([texts(chat), stage.failures.length]).toEqual([['Who?', 'Ana.'], 1]);
  });
});
