import type { Conversation } from '../api/types';
import { refused, unreachable } from '../fakes/fake-parley';
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
const rejoins = () => stage.server.all(/^GET .*\/stream$/).map(({ query }) => query.get('after'));

async function asked(chat: Chat, ...deltas: string[]) {
  chat.asking.ask({ content: 'How cold is it?' });
  await settled();
  for (const delta of deltas) stage.server.reply.write(delta);
  await settled();
  return stage.server.reply;
}

describe('An answer whose connection is lost', () => {
  it('goes on where it was cut', async () => {
    const chat = await stage.chat(trip.id);
    const reply = await asked(chat, 'Ten ');
    reply.cut();
    await settled();
    expect([chat.asking.lost.value, chat.asking.live.value?.text, stage.failures]).toEqual([
      true,
      'Ten ',
      [],
    ]);
    reply.write('below.');
    await stage.wake();
    expect([rejoins(), chat.asking.live.value?.text, chat.asking.lost.value]).toEqual([
      ['4'],
      'Ten below.',
      false,
    ]);
  });

  it('goes on elsewhere when the server goes away, without a word of that', async () => {
    const chat = await stage.chat(trip.id);
    const reply = await asked(chat, 'Ten ');
    reply.sendAway(750);
    await settled();
    expect([stage.waits, chat.asking.lost.value]).toEqual([[750], false]);
    reply.write('below.');
    await stage.wake();
    expect(chat.asking.live.value?.text).toBe('Ten below.');
  });

  it('is in the end what the server has kept, also if that is less than was shown', async () => {
    const chat = await stage.chat(trip.id);
    const reply = await asked(chat, 'Ten ', 'below.');
    reply.crash('Ten be');
    await settled();
    expect([texts(chat).at(-1), chat.asking.live.value]).toEqual(['Ten be', null]);
    expect(chat.messages.rows.value[0]).toMatchObject({ status: 'failed', finishReason: 'interrupted' });
  });

  it('keeps what was shown when it cannot be read any more, and says why', async () => {
    const chat = await stage.chat(trip.id);
    const reply = await asked(chat, 'Ten ');
    reply.cut();
    await settled();
    stage.server.next(/^GET .*\/stream$/, refused(500, 'internal'));
    await stage.wake();
    expect([stage.failures.length, chat.asking.lost.value, chat.asking.busy]).toEqual([1, false, false]);
    await chat.refresh();
    await settled();
    expect(chat.asking.live.value?.text).toBe('Ten ');
  });

  it('makes its chat missing when the conversation is not there any more', async () => {
    const chat = await stage.chat(trip.id);
    await asked(chat, 'Ten ');
    stage.server.history.delete(trip.id);
    await settled();
    await stage.wake();
    expect([chat.state.value, stage.failures]).toEqual(['missing', []]);
  });
});

describe('An answer that is stopped', () => {
  const CANCEL = /cancel$/;

  it('keeps what has been written', async () => {
    const chat = await stage.chat(trip.id);
    await asked(chat, 'Ten ');
    await chat.asking.stop();
    await settled();
    expect([texts(chat).at(-1), chat.asking.busy]).toEqual(['Ten ', false]);
    expect(chat.messages.rows.value[0]!.status).toBe('cancelled');
  });

  it('is stopped as soon as it has begun when that is wanted before', async () => {
    const chat = await stage.chat(trip.id);
    stage.server.next(ASK, unreachable);
    chat.asking.ask({ content: 'How cold is it?' });
    await settled();
    await chat.asking.stop();
    expect(stage.server.all(CANCEL)).toEqual([]);
    await stage.wake();
    expect([stage.server.reply.message.status, chat.asking.busy]).toEqual(['cancelled', false]);
  });

  it('is stopped alone: the next one is written', async () => {
    const chat = await stage.chat(trip.id);
    stage.server.next(ASK, unreachable);
    chat.asking.ask({ content: 'How cold is it?' });
    await settled();
    await chat.asking.stop();
    await stage.wake();
    await asked(chat, 'Ten ');
    expect(chat.asking.live.value?.text).toBe('Ten ');
  });

  it('does not stop the next one when it had ended already', async () => {
    const chat = await stage.chat(trip.id);
    const reply = await asked(chat, 'Ten ');
    reply.complete();
    await settled();
    await chat.asking.stop();
    await asked(chat, 'Eleven ');
    expect([chat.asking.live.value?.text, stage.server.all(CANCEL).length]).toEqual(['Eleven ', 0]);
  });

  it('may have ended before the server heard of it', async () => {
    const chat = await stage.chat(trip.id);
    const reply = await asked(chat, 'Ten ');
    stage.server.next(CANCEL, refused(409, 'not_cancellable'));
    await chat.asking.stop();
    reply.complete();
    await settled();
    expect([stage.failures, chat.messages.rows.value[0]!.status]).toEqual([[], 'completed']);
  });

  it('goes on, and that is said, when the server could not stop it', async () => {
    const chat = await stage.chat(trip.id);
    await asked(chat, 'Ten ');
    stage.server.next(CANCEL, refused(503, 'database_unavailable'));
    await chat.asking.stop();
    expect([stage.failures.length, chat.asking.live.value?.text]).toEqual([1, 'Ten ']);
  });
});

describe('A chat at which nobody looks', () => {
  it('does not read its answer, and has it whole when it is looked at again', async () => {
    const chat = await stage.chat(trip.id);
    const reply = await asked(chat, 'Ten ');
    chat.asking.rest();
    await settled();
    expect([reply.readers, chat.asking.live.value, stage.failures]).toEqual([0, null, []]);
    reply.write('below.');
    await chat.refresh();
    await settled();
    expect([chat.asking.live.value?.text, reply.readers]).toEqual(['Ten below.', 1]);
  });

  it('has an answer that has ended meanwhile', async () => {
    const chat = await stage.chat(trip.id);
    const reply = await asked(chat, 'Ten ');
    chat.asking.rest();
    reply.write('below.');
    reply.complete();
    await chat.refresh();
    await settled();
    expect([texts(chat).at(-1), chat.asking.busy]).toEqual(['Ten below.', false]);
  });

  it('goes on sending a question until the server has it', async () => {
    const chat = await stage.chat(trip.id);
    stage.server.next(ASK, unreachable);
    chat.asking.ask({ content: 'How cold is it?' });
    await settled();
    chat.asking.rest();
    await stage.wake();
    expect(texts(chat).slice(2)).toEqual(['How cold is it?', '']);
  });

  it('reads with one connection, however often it is looked at', async () => {
    const chat = await stage.chat(trip.id);
    const reply = await asked(chat, 'Ten ');
    await Promise.all([chat.refresh(), chat.refresh()]);
    await settled();
    expect([reply.readers, chat.asking.live.value?.text]).toEqual([1, 'Ten ']);
  });

  it('reads nothing any more once it is closed', async () => {
    const chat = await stage.chat(trip.id);
    const reply = await asked(chat, 'Ten ');
    chat.close();
    await settled();
    expect([reply.readers, stage.failures]).toEqual([0, []]);
  });
});
