import { FakeChatModel, silence } from '../../../test/fakes/fake-chat-model';
import { collect, collectUntilError } from '../../../test/support/chat-events';
import { newGate } from '../../../test/support/gate';
import {
  away,
  failing,
  hi,
  locked,
  ModelsInTurn,
  pass,
  read,
  refused,
  request,
  routed,
  running,
  useTimers,
} from '../../../test/support/models-on-trial';
import type { ChatEvent } from '../chat-model';

describe('A call of a model', () => {
  useTimers();

  describe('of a provider that is out of order', () => {
    const afterFailures = async (model: FakeChatModel, count = 5) => {
      const all = routed({ custom: model });
      for (let n = 0; n < count; n++) await read(all);
      return all;
    };

    it('is refused at once after five failures in a row, and the model shows as not available', async () => {
      const model = new ModelsInTurn(failing(locked()));
      const all = await afterFailures(model);
      expect(all.models.find('custom/any')).toMatchObject({ available: false });
      expect(all.models.list()).toMatchObject([{ available: false }]);
      await expect(read(all)).resolves.toMatchObject({ error: { code: 'model_unavailable' } });
      expect(model.models).toHaveLength(5);
    });

    it.each<[string, FakeChatModel]>([
      ['four failures', new ModelsInTurn(...[1, 2, 3, 4].map(() => failing(locked())), hi())],
      ['requests that are refused', failing(refused())],
      ['answers that break off', new FakeChatModel('Hi', away())],
    ])('goes on after %s', async (_, model) => {
      const all = await afterFailures(model);
      expect(all.models.find('custom/any')).toMatchObject({ available: true });
    });

    it('counts silence as a failure', async () => {
      const all = routed({ custom: new FakeChatModel(silence) });
      for (let n = 0; n < 5; n++) {
        const reading = read(all);
        await pass(30_000);
        await reading;
      }
      expect(all.models.find('custom/any')).toMatchObject({ available: false });
    });

    it('does not count callers that leave', async () => {
      const all = routed({ custom: new FakeChatModel(silence) });
      for (let n = 0; n < 6; n++) {
        const caller = new AbortController();
        const reading = read(all, caller.signal);
        await pass(10);
        caller.abort(new Error('gone'));
        await reading;
      }
      expect(all.models.find('custom/any')).toMatchObject({ available: true });
    });

    it('lets one call through when its time is over, and all once that has begun to answer', async () => {
      const gate = newGate();
      const failures = Array.from({ length: 5 }, () => failing(locked()));
      const model = new ModelsInTurn(...failures, new FakeChatModel(gate.opened, 'Hi'), hi());
      const all = await afterFailures(model);
      await pass(10_000);
      const probe = read(all);
      await pass(0);
      await expect(read(all)).resolves.toMatchObject({ error: { code: 'model_unavailable' } });
      expect(model.models).toHaveLength(6);
      gate.open();
      await expect(probe).resolves.toMatchObject({ text: 'Hi' });
      expect(all.models.find('custom/any')).toMatchObject({ available: true });
      await expect(read(all)).resolves.toMatchObject({ text: 'Hi' });
    });

    it.each(['fails', 'is given up'])('stays closed to others where that one %s', async (how) => {
      const failures = Array.from({ length: 5 }, () => failing(locked()));
      const last = how === 'fails' ? failing(locked()) : new FakeChatModel(silence);
      const model = new ModelsInTurn(...failures, last);
      const all = await afterFailures(model);
      await pass(10_000);
      const caller = new AbortController();
      const probe = read(all, caller.signal);
      await pass(10);
      caller.abort(new Error('gone'));
      await probe;
      await expect(read(all)).resolves.toMatchObject({ error: { code: 'model_unavailable' } });
      expect(model.models).toHaveLength(6);
      await pass(10_000);
      const next = read(all);
      await pass(30_000);
      await next;
      expect(model.models).toHaveLength(7);
    });
  });

  describe('where there is no slot left', () => {
    const one = { LLM_MAX_CALLS: '1', LLM_MAX_QUEUED_CALLS: '1' };

    it('waits for one, and is refused with when to come back where the queue is full', async () => {
      const gate = newGate();
      const model = new FakeChatModel(gate.opened, 'Hi');
      const all = routed({ custom: model }, one);
      const [first, second] = [read(all), read(all)];
      await pass(0);
      expect([model.calls.length, all.model.hasRoom]).toEqual([1, false]);
      const { error } = await read(all);
      expect(error).toMatchObject({ code: 'model_unavailable', headers: { 'Retry-After': '1' } });
      gate.open();
      await expect(first).resolves.toMatchObject({ text: 'Hi' });
      await expect(second).resolves.toMatchObject({ text: 'Hi' });
      expect(all.model.hasRoom).toBe(true);
    });

    it('asks no model where the wait has left too little time for it, which is no fault of the provider', async () => {
      const gate = newGate();
      const model = new FakeChatModel('Hi').answer('Slow?', 'Hi', gate.opened);
      const all = routed({ custom: model }, { ...one, LLM_MAX_QUEUED_CALLS: '9', LLM_IDLE_TIMEOUT: '5m' });
      const slow = all.model.stream({ ...request, turns: [{ role: 'user', content: 'Slow?' }] }, running());
      const first = collectUntilError(slow);
      await pass(0);
      const late = Array.from({ length: 9 }, () => read(all));
      await pass(15_001);
      gate.open();
      await first;
      for (const { error } of await Promise.all(late))
        expect(error).toMatchObject({ code: 'model_unavailable', headers: { 'Retry-After': '1' } });
      expect(model.calls).toHaveLength(1);
      await expect(read(all)).resolves.toMatchObject({ text: 'Hi' });
    });

    it('counts the wait as time without a first token', async () => {
      const all = routed({ custom: new FakeChatModel('Hi', silence) }, { ...one, LLM_IDLE_TIMEOUT: '5m' });
      const first = read(all);
      await pass(0);
      const second = read(all);
      await pass(30_000);
      await expect(second).resolves.toMatchObject({ error: { code: 'model_timeout' } });
      await pass(300_000);
      await first;
    });

    it.each<[string, (events: AsyncIterable<ChatEvent>) => Promise<unknown>]>([
      ['ends', (events) => collect(events)],
      [
        'is left in the middle',
        async (events) => {
          for await (const { type } of events) if (type === 'text') break;
        },
      ],
    ])('has the one of a call that %s', async (_, use) => {
      const all = routed({ custom: new FakeChatModel('Hi', ' there') }, one);
      await use(all.model.stream(request, running()));
      const again = use(all.model.stream(request, running()));
      await pass(0);
      await again;
      expect(all.model.hasRoom).toBe(true);
    });

    it('has the one of a call that fails, and of one whose provider does not hear', async () => {
      const deaf = Object.assign(new FakeChatModel(), {
        stream: () => ({
          [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }),
        }),
      });
      const all = routed({ custom: deaf }, { ...one, LLM_MAX_QUEUED_CALLS: '0' });
      for (let n = 0; n < 3; n++) {
        expect(all.model.hasRoom).toBe(true);
        const reading = read(all);
        await pass(0);
        expect(all.model.hasRoom).toBe(false);
        await pass(30_000);
        await expect(reading).resolves.toMatchObject({ error: { code: 'model_timeout' } });
      }
    });

    it('has the one of a caller that leaves as soon as it has asked', async () => {
      const all = routed({ custom: hi() }, { ...one, LLM_MAX_QUEUED_CALLS: '0' });
      const caller = new AbortController();
      const reading = read(all, caller.signal);
      caller.abort(new Error('gone'));
      await reading;
      expect(all.model.hasRoom).toBe(true);
    });

    it('has those of callers that leave together', async () => {
      const all = routed({ custom: new FakeChatModel(silence) }, one);
      const [first, second] = [new AbortController(), new AbortController()];
      const reading = [read(all, first.signal), read(all, second.signal)];
      await pass(0);
      first.abort(new Error('gone'));
      second.abort(new Error('gone'));
      await Promise.all(reading);
      await pass(0);
      expect(all.model.hasRoom).toBe(true);
      const third = new AbortController();
      const last = read(all, third.signal);
      await pass(0);
      expect(all.model.hasRoom).toBe(true); // the queue
      third.abort(new Error('gone'));
      await last;
    });
  });
});
