import type { Conversation } from '../api/types';
import { refused } from '../fakes/fake-parley';
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

async function ask(chat: Chat, content = 'How cold is it?') {
  chat.asking.ask({ content });
  await settled();
  return stage.server.reply;
}

describe('A question', () => {
  it('is shown at once, and then as the server has it', async () => {
    const chat = await stage.chat(trip.id);
    chat.asking.ask({ content: 'How cold is it?' });
    expect(chat.asking.asked.value?.wish).toEqual({ content: 'How cold is it?' });
    expect([chat.asking.busy, asks().length]).toEqual([true, 0]);
    await settled();
    expect([chat.asking.asked.value, texts(chat)]).toEqual([
      null,
      ['Where?', 'Oslo.', 'How cold is it?', ''],
    ]);
    expect([chat.asking.live.value?.text, chat.asking.busy]).toEqual(['', true]);
  });

  it('is answered as the answer is written', async () => {
    const chat = await stage.chat(trip.id);
    const reply = await ask(chat);
    for (const [delta, text] of [
      ['Ten ', 'Ten '],
      ['below.', 'Ten below.'],
    ] as const) {
      reply.write(delta);
      await settled();
      expect(chat.asking.live.value).toEqual({ id: reply.id, text });
    }
    reply.complete();
    await settled();
    expect([chat.asking.live.value, chat.asking.busy, texts(chat).at(-1)]).toEqual([
      null,
      false,
      'Ten below.',
    ]);
    expect([chat.messages.rows.value[0]!.status, reply.readers]).toEqual(['completed', 0]);
  });

  it('is asked alone: another one has to wait until it is answered', async () => {
    const chat = await stage.chat(trip.id);
    const reply = await ask(chat);
    await ask(chat, 'And now?');
    reply.complete();
    await settled();
    expect(asks().map(({ body }) => body.content)).toEqual(['How cold is it?']);
    await ask(chat, 'And now?');
    expect(texts(chat).slice(-2)).toEqual(['And now?', '']);
  });

  it('makes the conversation in which it is asked, as that was planned', async () => {
    const chat = await stage.chat();
    await chat.choose({ model: 'demo/parrot', systemPrompt: 'Be brief.' });
    await ask(chat, 'Where?');
    expect([chat.id, stage.made.map(({ id }) => id)]).toEqual([
      stage.server.reply.message.conversationId,
      [chat.id],
    ]);
    expect(stage.server.history.getConversation(chat.id!)).toMatchObject({
      model: 'demo/parrot',
      systemPrompt: 'Be brief.',
    });
    expect(texts(chat)).toEqual(['Where?', '']);
  });

  it('tells the list and the other tabs that the conversation has gone on', async () => {
    await stage.conversations.refresh();
    stage.server.history.conversation({ title: 'Rome' });
    await stage.conversations.refresh();
    const chat = await stage.chat(trip.id);
    const reply = await ask(chat);
    expect(stage.conversations.recent.rows.value.map(({ title }) => title)).toEqual(['Where?', 'Rome']);
    reply.complete();
    await settled();
    expect(stage.told).toEqual([
      { type: 'conversation', id: trip.id },
      { type: 'conversation', id: trip.id },
    ]);
  });

  it('brings what was asked elsewhere meanwhile', async () => {
    const chat = await stage.chat(trip.id);
    stage.server.history.exchange(trip.id, 'When?', 'In May.');
    await ask(chat);
    expect(texts(chat)).toEqual(['Where?', 'Oslo.', 'When?', 'In May.', 'How cold is it?', '']);
  });

  it('has its answer when that is there before what was asked elsewhere is', async () => {
    const chat = await stage.chat(trip.id);
    stage.server.history.exchange(trip.id, 'When?', 'In May.');
    let arrive: () => void = () => undefined;
    stage.server.next(/messages$/, async (answer) => {
      const response = answer();
      await new Promise<void>((resolve) => (arrive = resolve));
      return response;
    });
    const reply = await ask(chat);
    reply.write('Ten below.');
    reply.complete();
    await settled();
    arrive();
    await settled();
    expect(texts(chat).slice(-3)).toEqual(['In May.', 'How cold is it?', 'Ten below.']);
    expect([chat.messages.rows.value[0]!.status, chat.asking.live.value]).toEqual(['completed', null]);
  });
});

describe('A question that is edited, or answered again', () => {
  it('leaves behind what followed it, at once', async () => {
    const chat = await stage.chat(trip.id);
    const [first] = chat.branch.value;
    chat.asking.ask({ content: 'Where to?', parentId: first!.parentId });
    expect(texts(chat)).toEqual([]);
    await settled();
    expect([texts(chat), asks()[0]!.body]).toEqual([
      ['Where to?', ''],
      { content: 'Where to?', parentId: null },
    ]);
    expect(chat.branch.value[0]!.siblingIds).toHaveLength(2);
  });

  it('keeps what was in front of it', async () => {
    stage.server.history.exchange(trip.id, 'When?', 'In May.');
    const chat = await stage.chat(trip.id);
    const question = chat.branch.value[2]!;
    chat.asking.ask({ content: 'When then?', parentId: question.parentId });
    expect(texts(chat)).toEqual(['Where?', 'Oslo.']);
    await settled();
    expect(texts(chat)).toEqual(['Where?', 'Oslo.', 'When then?', '']);
  });

  it('has a new answer in the place of the old one', async () => {
    const chat = await stage.chat(trip.id);
    const old = chat.branch.value[1]!;
    chat.asking.ask({ replyId: old.id, model: 'demo/parrot' });
    expect(texts(chat)).toEqual(['Where?']);
    await settled();
    stage.server.reply.write('Bergen.');
    stage.server.reply.complete();
    await settled();
    expect([texts(chat), asks()[0]!.body]).toEqual([['Where?', 'Bergen.'], { model: 'demo/parrot' }]);
    expect(chat.branch.value[1]!.siblingIds).toEqual([old.id, stage.server.reply.id]);
  });

  it('is as it was when that is refused and taken back', async () => {
    const chat = await stage.chat(trip.id);
    stage.server.next(ASK, refused(409, 'conflict'));
    chat.asking.ask({ content: 'Where to?', parentId: null });
    await settled();
    expect(texts(chat)).toEqual([]);
    chat.asking.takeBack();
    await settled();
    expect([texts(chat), chat.draft.value]).toEqual([['Where?', 'Oslo.'], 'Where to?']);
  });
});
