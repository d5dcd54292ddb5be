import { FakeChatModel, silence } from '../../test/fakes/fake-chat-model';
import { collect, collectText } from '../../test/support/chat-events';
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
} from '../../test/support/models-on-trial';

describe('A call of a model', () => {
  useTimers();

  describe('that fails before its first token', () => {
    it('is tried again, twice at most, with a wait that has jitter', async () => {
      const twice = new ModelsInTurn(failing(away()), failing(away()), hi());
      const answer = read(routed({ custom: twice }));
      await pass(0);
      expect(twice.models).toHaveLength(1);
      await pass(10_000);
      await expect(answer).resolves.toMatchObject({ text: 'Hi', error: null });
      const always = new ModelsInTurn(failing(away()));
      const failed = read(routed({ custom: always }));
      await pass(30_000);
      await expect(failed).resolves.toMatchObject({ text: '', error: { code: 'model_unavailable' } });
      expect(always.models).toHaveLength(3);
    });

    it('waits as long as the provider asks', async () => {
      const model = new ModelsInTurn(failing(away(5_000)), hi());
      const answer = read(routed({ custom: model }));
      await pass(4_900);
      expect(model.models).toHaveLength(1);
      await pass(200);
      expect(model.models).toHaveLength(2);
      await expect(answer).resolves.toMatchObject({ text: 'Hi' });
    });

    it('is not tried again where the provider asks for more time than there is', async () => {
      const model = new ModelsInTurn(failing(away(31_000)), hi());
      const answer = read(routed({ custom: model }));
      await pass(0);
      await expect(answer).resolves.toMatchObject({ error: { code: 'model_unavailable' } });
      expect(model.models).toHaveLength(1);
    });

    it.each([
      ['refuses the request', refused()],
      ['refuses our key', locked()],
    ])('is not tried again where the provider %s', async (_, error) => {
      const model = new ModelsInTurn(failing(error), hi());
      await expect(read(routed({ custom: model }))).resolves.toMatchObject({ error });
      expect(model.models).toHaveLength(1);
    });

    it('ends a wait at once when its caller leaves', async () => {
      const [caller, gone] = [new AbortController(), new Error('gone')];
      const model = new ModelsInTurn(failing(away(5_000)), hi());
      const answer = read(routed({ custom: model }), caller.signal);
      await pass(100);
      caller.abort(gone);
      await expect(answer).resolves.toEqual({ text: '', error: gone });
      expect(jest.getTimerCount()).toBe(0);
      await pass(10_000);
      expect(model.models).toHaveLength(1);
    });

    it('has its time for all tries together', async () => {
      const model = new ModelsInTurn(failing(away(20_000)), new FakeChatModel(silence));
      const answer = read(routed({ custom: model }));
      await pass(30_000);
      await expect(answer).resolves.toMatchObject({ error: { code: 'model_timeout' } });
      expect(model.models).toHaveLength(2);
    });
  });

  it.each<[string, FakeChatModel]>([
    ['text', new FakeChatModel('Hi', away())],
    ['a sign of life', new FakeChatModel({ type: 'progress' }, away())],
  ])('that fails after %s is not tried again', async (_, first) => {
    const model = new ModelsInTurn(first, hi());
    await expect(read(routed({ custom: model }))).resolves.toMatchObject({
      error: { code: 'model_unavailable' },
    });
    expect(model.models).toHaveLength(1);
  });

  it.each([
    [true, 30_000],
    [false, 300_000],
  ])('that is passed through (streamed: %s) may take %i ms for what comes first', async (stream, mostMs) => {
    const { model } = routed({ custom: new FakeChatModel(silence) });
    const body = { stream, messages: [] };
    const reading = collect(model.passThrough({ model: 'custom/any', body }, running()));
    const failed = expect(reading).rejects.toMatchObject({ code: 'model_timeout' });
    await pass(mostMs - 1);
    expect(jest.getTimerCount()).toBeGreaterThan(0);
    await pass(1);
    await failed;
  });

  describe('with models that stand in', () => {
    const chain = { LLM_MODELS: 'any,other,third', LLM_FALLBACKS: 'custom/any>custom/other>custom/third' };

    it('is answered by the next one that can, which says so first', async () => {
      const model = new ModelsInTurn(failing(locked()), failing(locked()), hi());
      const { model: router } = routed({ custom: model }, chain);
      const events = await collect(router.stream(request, running()));
      expect(events[0]).toEqual({ type: 'answering', model: 'custom/third' });
      expect(collectText(events)).toBe('Hi');
      expect(model.models).toEqual(['custom/any', 'custom/other', 'custom/third']);
    });

    it('says in each chunk which one answers', async () => {
      const model = new ModelsInTurn(failing(locked()), hi());
      const { model: router } = routed({ custom: model }, chain);
      const body = { messages: [{ role: 'user', content: 'Hi?' }], stream: true };
      const chunks = [];
      for await (const chunk of router.passThrough({ model: 'custom/any', body }, running()))
        chunks.push(chunk);
      expect(new Set(chunks.map(({ model: id }) => id))).toEqual(new Set(['custom/other']));
    });

    it('says nothing of it where the model itself answers', async () => {
      const { model } = routed({ custom: hi() }, chain);
      expect((await collect(model.stream(request, running()))).map(({ type }) => type)).toEqual([
        'text',
        'finish',
      ]);
    });

    it('leaves each of them its share of the time', async () => {
      const model = new ModelsInTurn(new FakeChatModel(silence), new FakeChatModel(silence), hi());
      const answer = read(routed({ custom: model }, chain));
      await pass(9_999);
      expect(model.models).toHaveLength(1);
      await pass(1);
      expect(model.models).toHaveLength(2);
      await pass(10_000);
      await expect(answer).resolves.toMatchObject({ text: 'Hi' });
    });

    it('does not pass on a request that is refused', async () => {
      const error = refused();
      const model = new ModelsInTurn(failing(error), hi());
      await expect(read(routed({ custom: model }, chain))).resolves.toMatchObject({ error });
    });

    it.each([
      ['away', locked()],
      ['refusing what the first one was asked', refused()],
    ])('fails as the first one does where the others are %s', async (_, theirs) => {
      const first = locked();
      const model = new ModelsInTurn(failing(first), failing(theirs));
      const { error } = await read(routed({ custom: model }, chain));
      expect([error, model.models.length]).toEqual([first, 3]);
    });

    it.each([
      ['as many as it may give, where that is fewer', 'custom/small', 100_000, 1_000],
      ['as many as it may give, where nobody has said how many', 'custom/small', null, 1_000],
      ['as many as were asked for, where it may give more', 'custom/small', 10, 10],
      ['as many as it likes, where nothing is known of it', 'custom/unknown', 100_000, null],
    ])('asks each of them for tokens: %s', async (_, standIn, maxTokens, expected) => {
      const fake = new FakeChatModel('Hi');
      const { model } = routed(
        { custom: new ModelsInTurn(failing(locked()), fake) },
        {
          LLM_MODELS: 'any,small,unknown',
          LLM_MODEL_SIZES: 'custom/small=8000:1000,custom/any=200000:128000',
          LLM_FALLBACKS: `custom/any>${standIn}`,
        },
      );
      await collect(model.stream({ ...request, maxTokens }, running()));
      expect(fake.calls[0]!.request).toMatchObject({ model: standIn, maxTokens: expected });
    });

    it('does not go on after the first token', async () => {
      const model = new ModelsInTurn(new FakeChatModel('Hi', away()), hi());
      await expect(read(routed({ custom: model }, chain))).resolves.toMatchObject({ text: 'Hi' });
      expect(model.models).toHaveLength(1);
    });
  });
});
