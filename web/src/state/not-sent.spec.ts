import type { Conversation } from '../api/types';
import { refused, unheard, unreachable } from '../fakes/fake-parley';
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
const keptNames = () =>
  ['asking', 'draft']
    .flatMap((what) => [`${what}.new`, `${what}.${trip.id}`])
    .filter((name) => stage.kept.read(name) !== null);
const ASK = /^POST .*\/stream$/;
const asks = () => stage.server.all(ASK);

async function ask(chat: Chat, content = 'How cold is it?') {
  chat.asking.ask({ content });
  await settled();
  return stage.server.reply;
}

describe('A question that does not get through', () => {
  it.each([
    ['nothing arrives', unreachable],
    ['the server is restarting', refused(503, 'draining')],
    ['nobody hears that it has arrived', unheard],
  ])('is sent again by itself when %s, and asked once', async (_what, mishap) => {
    const chat = await stage.chat(trip.id);
    stage.server.next(ASK, mishap);
    await ask(chat);
    expect([chat.asking.lost.value, chat.asking.asked.value !== null, chat.asking.fault.value]).toEqual([
      true,
      true,
      null,
    ]);
    await stage.wake();
    expect([texts(chat).slice(2), chat.asking.lost.value]).toEqual([['How cold is it?', ''], false]);
    expect([new Set(asks().map(({ key }) => key)).size, stage.server.replies.length]).toEqual([1, 1]);
  });

  it('has its conversation as soon as that is made', async () => {
    const chat = await stage.chat();
    stage.server.next(ASK, unreachable);
    await ask(chat);
    expect([chat.conversation.value?.id, chat.asking.asked.value !== null]).toEqual([chat.id, true]);
  });

  it('says why when the server does not want it, and is asked again when somebody wants that', async () => {
    const chat = await stage.chat(trip.id);
    stage.server.next(ASK, refused(429, 'quota_exceeded'));
    await ask(chat);
    expect([chat.asking.fault.value, chat.asking.busy]).toEqual([
      expect.objectContaining({ code: 'quota_exceeded' }),
      false,
    ]);
    expect([texts(chat), stage.failures]).toEqual([['Where?', 'Oslo.'], []]);
    chat.asking.retry();
    expect([chat.asking.fault.value, chat.asking.busy]).toEqual([null, true]);
    await settled();
    expect(texts(chat).slice(2)).toEqual(['How cold is it?', '']);
    expect(new Set(asks().map(({ key }) => key)).size).toBe(1);
  });

  it('is where it was written when it is taken back', async () => {
    const chat = await stage.chat(trip.id);
    stage.server.next(ASK, refused(400, 'context_length_exceeded'));
    await ask(chat);
    chat.asking.takeBack();
    await settled();
    expect([chat.asking.asked.value, chat.asking.fault.value, chat.draft.value]).toEqual([
      null,
      null,
      'How cold is it?',
    ]);
    expect([keptNames(), asks().length]).toEqual([[`draft.${trip.id}`], 1]);
  });

  it('stands before what is being written when it is taken back', async () => {
    const chat = await stage.chat(trip.id);
    stage.server.next(ASK, refused(400, 'context_length_exceeded'));
    await ask(chat);
    chat.draft.value = 'Never mind';
    chat.asking.takeBack();
    expect(chat.draft.value).toBe('How cold is it?\n\nNever mind');
  });

  it('is where it was written when something else is asked instead', async () => {
    const chat = await stage.chat(trip.id);
    stage.server.next(ASK, refused(429, 'rate_limited', { retryAfterSeconds: 30 }));
    await ask(chat);
    chat.asking.ask({ replyId: chat.branch.value[1]!.id });
    await settled();
    expect([chat.draft.value, chat.asking.live.value?.text]).toEqual(['How cold is it?', '']);
  });

  it('is taken back for good while it waits for the server', async () => {
    stage.server.offline = true;
    const chat = await stage.chat();
    chat.asking.ask({ content: 'Where?' });
    await settled();
    chat.asking.takeBack();
    stage.server.offline = false;
    await stage.wake();
    expect([stage.server.all(/^POST \/conv/).length, chat.draft.value, chat.asking.busy]).toEqual([
      0,
      'Where?',
      false,
    ]);
  });

  it('is taken back for good while its conversation is made', async () => {
    const chat = await stage.chat();
    let arrive: () => void = () => undefined;
    stage.server.next(/^POST \/conversations$/, async (answer) => {
      await new Promise<void>((resolve) => (arrive = resolve));
      return answer();
    });
    chat.asking.ask({ content: 'Where?' });
    await settled();
    chat.asking.takeBack();
    arrive();
    await settled();
    for (const id of [null, ...stage.made.map((made) => made.id)]) await stage.reload().chat(id);
    await settled();
    expect([asks().length, chat.draft.value]).toEqual([0, 'Where?']);
  });

  it('is shown where it is when the server had it before it was taken back', async () => {
    const chat = await stage.chat(trip.id);
    stage.server.next(ASK, unheard);
    await ask(chat);
    chat.asking.takeBack();
    await settled();
    expect([texts(chat).slice(2), chat.asking.live.value?.id]).toEqual([
      ['How cold is it?', ''],
      stage.server.reply.id,
    ]);
  });

  it('can be asked once nobody is signed in no longer', async () => {
    const chat = await stage.chat(trip.id);
    stage.server.accounts.endSession();
    chat.asking.ask({ content: 'How cold is it?' });
    await settled();
    expect(chat.asking.fault.value).toMatchObject({ code: 'session_revoked' });
    expect(stage.kept.read(`asking.${trip.id}`)).toMatchObject({ wish: { content: 'How cold is it?' } });
  });
});
