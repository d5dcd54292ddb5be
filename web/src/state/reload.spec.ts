import type { Conversation } from '../api/types';
import { unheard, unreachable } from '../fakes/fake-parley';
import { stopTheClock } from '../fakes/fake-timers';
import { settled } from '../fakes/settled';
import { Stage } from '../fakes/stage';
import type { Chat } from './chat';

let stage: Stage;
let trip: Conversation;

beforeEach(async () => {
  stopTheClock();
  stage = await Stage.open();
  trip = stage.server.history.conversation();
  stage.server.history.exchange(trip.id, 'Where?', 'Oslo.');
});
afterEach(() => {
  stage.close();
  jest.useRealTimers();
});

const texts = (chat: Chat) => chat.branch.value.map(({ content }) => content);
const ASK = /^POST .*\/stream$/;
const asks = () => stage.server.all(ASK);
const rejoins = () => stage.server.all(/^GET .*\/stream$/).map(({ query }) => query.get('after'));

async function asked(chat: Chat, content: string): Promise<void> {
  chat.asking.ask({ content });
  await settled();
}

describe('A reload of the page', () => {
  const reload = (chat: Chat): void => {
    chat.close();
    stage = stage.reload();
  };

  it('forgets no question that has not got through', async () => {
    const chat = await stage.chat(trip.id);
    stage.server.next(ASK, unreachable);
    await asked(chat, 'How cold is it?');
    reload(chat);
    const again = await stage.chat(trip.id);
    expect(texts(again)).toEqual(['Where?', 'Oslo.', 'How cold is it?', '']);
    expect(new Set(asks().map(({ key }) => key)).size).toBe(1);
  });

  it('asks nothing twice that the server had already', async () => {
    const chat = await stage.chat(trip.id);
    stage.server.next(ASK, unheard);
    await asked(chat, 'How cold is it?');
    stage.server.reply.write('Ten ');
    reload(chat);
    const again = await stage.chat(trip.id);
    expect([texts(again).slice(2), again.asking.live.value?.text]).toEqual([
      ['How cold is it?', 'Ten '],
      'Ten ',
    ]);
    expect([stage.server.replies.length, again.asking.asked.value]).toEqual([1, null]);
  });

  it.each([
    ['was not made', unreachable],
    ['was made, and nobody heard of it', unheard],
  ])('makes one conversation for a question whose conversation %s', async (_what, mishap) => {
    const chat = await stage.chat();
    stage.server.next(/^POST \/conversations$/, mishap);
    await asked(chat, 'Where?');
    reload(chat);
    const again = await stage.chat();
    expect([texts(again), stage.server.replies.length]).toEqual([['Where?', ''], 1]);
    expect(stage.made.map(({ id }) => id)).toEqual([again.id]);
    expect(stage.server.history.list(new URLSearchParams()).data.map(({ id }) => id)).toEqual([
      again.id,
      trip.id,
    ]);
  });

  it('finds a question in the conversation that was made for it', async () => {
    const chat = await stage.chat();
    stage.server.next(ASK, unreachable);
    await asked(chat, 'Where?');
    reload(chat);
    expect(texts(await stage.chat())).toEqual([]);
    expect(texts(await stage.chat(chat.id))).toEqual(['Where?', '']);
    expect(new Set(asks().map(({ key }) => key)).size).toBe(1);
  });

  it('sends nothing again that the server has taken', async () => {
    const chat = await stage.chat(trip.id);
    await asked(chat, 'How cold is it?');
    reload(chat);
    await stage.chat(trip.id);
    expect(asks()).toHaveLength(1);
  });

  it('lets whoever wrote it decide about a question for which the server keeps no key any more', async () => {
    const chat = await stage.chat(trip.id);
    stage.server.next(ASK, unreachable);
    await asked(chat, 'How cold is it?');
    reload(chat);
    jest.advanceTimersByTime(24 * 3_600_000);
    const again = await stage.chat(trip.id);
    expect([again.asking.asked.value, again.draft.value, asks().length]).toEqual([
      null,
      'How cold is it?',
      1,
    ]);
  });

  it('finds an answer that is being written, and reads on from what is there', async () => {
    const reply = stage.server.history.ask(trip.id, { content: 'How cold is it?' });
    reply.write('Ten ');
    const chat = await stage.chat(trip.id);
    expect([rejoins(), chat.asking.live.value]).toEqual([['4'], { id: reply.id, text: 'Ten ' }]);
    reply.write('below.');
    await settled();
    expect(chat.asking.live.value?.text).toBe('Ten below.');
    reply.complete();
    await settled();
    expect([texts(chat).at(-1), chat.asking.live.value]).toEqual(['Ten below.', null]);
  });
});
