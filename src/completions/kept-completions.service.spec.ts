import { Logger } from '@nestjs/common';
import { aModel } from '../../test/factories/model';
import { standIn } from '../../test/support/stand-in';
import type { Caller } from '../common/auth/caller';
import { DomainError } from '../common/errors/domain-error';
import type { Exchange, KeptExchanges } from '../conversations/kept-exchanges.service';
import type { MessagesService } from '../conversations/messages.service';
import type { CompletionKeys } from './completion-keys';
import { KeptCompletions } from './kept-completions.service';
import { LateWork } from './late-work';
import { RunningCalls } from './running-calls';
import { Said } from './said';

Logger.overrideLogger(false); // what fails here fails on purpose

const ANA: Caller = { userId: 'ana', kind: 'member', role: 'user', sessionId: 'session', scopes: null };
const KEYED = { key: 'key', hash: Buffer.from('hash') };
const REQUEST = {
  model: aModel(),
  messages: [{ role: 'user' as const, content: 'Where is it cold?' }],
  ...{ stream: true, includeUsage: false, store: true, maxTokens: null, body: {} },
};
const trouble = new Error('connection lost');

/** Each attempt to store, or to give the key back, comes to one of these, first one first. */
function keptAfter(...outcomes: readonly (boolean | Error)[]) {
  const [stored, givenBack] = [[] as Exchange[], [] as string[]];
  const exchanges: Pick<KeptExchanges, 'keep'> = {
    keep: (exchange) => {
      const outcome = outcomes[stored.push(exchange) - 1]!;
      return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
    },
  };
  const keys: Pick<CompletionKeys, 'take' | 'giveBack'> = {
    take: () => Promise.resolve(null),
    giveBack: (_userId, { key }) => {
      const outcome = outcomes[givenBack.push(key) - 1];
      return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve();
    },
  };
  const outside = {
    translate: (error: unknown) =>
      error === trouble ? new DomainError('database_unavailable', 'It is away.') : null,
  };
  const messages = {} as MessagesService; // nothing is given again here
  const kept = new KeptCompletions(
    standIn<KeptExchanges>(exchanges),
    messages,
    standIn<CompletionKeys>(keys),
    outside,
    new LateWork(new RunningCalls(), outside),
  );
  return { kept, keeping: kept.toKeeping(ANA, REQUEST, KEYED), stored, givenBack };
}

const anEnd = (text: string, error: unknown = null) => {
  const said = new Said('custom/other');
  if (text)
    said.read({
      model: 'custom/other',
      data: { choices: [{ delta: { content: text }, finish_reason: 'stop' }] },
    });
  return { said, spent: said.spent(5, false), error };
};

describe('KeptCompletions', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('stores an exchange once the database is back', async () => {
    const { kept, keeping, stored } = keptAfter(trouble, trouble, true);
    const keep = kept.keep(keeping, anEnd('Oslo is cold.'));
    await jest.advanceTimersByTimeAsync(1_000);
    await keep;
    expect(stored).toHaveLength(3);
    expect(new Set(stored)).toEqual(new Set([stored[0]]));
    expect(stored[0]!.reply).toMatchObject({
      content: 'Oslo is cold.',
      model: 'custom/other',
      usageEstimated: true,
    });
  });

  it('fails with the database where that stays away', async () => {
    const { kept, keeping, stored } = keptAfter(...Array.from({ length: 100 }, () => trouble));
    const failed = expect(kept.keep(keeping, anEnd('Oslo is cold.'))).rejects.toBe(trouble);
    await jest.advanceTimersByTimeAsync(11_000);
    await failed;
    expect(stored.length).toBeLessThan(25);
  });

  it('does not repeat what no waiting mends', async () => {
    const mistake = new Error('a mistake of ours');
    const { kept, keeping, stored } = keptAfter(mistake);
    await expect(kept.keep(keeping, anEnd('Oslo is cold.'))).rejects.toBe(mistake);
    expect(stored).toHaveLength(1);
  });

  it('gives the key back of a call that has not begun, and stores nothing', async () => {
    const { kept, keeping, stored, givenBack } = keptAfter();
    await kept.keep(keeping, anEnd('', new DomainError('model_unavailable', 'It is away.')));
    expect([stored, givenBack]).toEqual([[], ['key']]);
  });

  it('gives the key back once the database is back, which its caller does not wait for', async () => {
    const { kept, keeping, givenBack } = keptAfter(...Array.from({ length: 5 }, () => trouble));
    const given = kept.giveBack(keeping);
    await jest.advanceTimersByTimeAsync(1_000);
    await given;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(givenBack).toHaveLength(6);
  });

  it.each<[string, unknown, string]>([
    ['what the model failed with', new DomainError('model_timeout', 'It took too long.'), 'model_timeout'],
    [
      "the model's failure where it is somebody's elsewhere",
      new DomainError('not_found', 'It is not there.'),
      'model_unavailable',
    ],
    ['a failure of the model where nobody knows it', new Error('secret'), 'model_failed'],
  ])('keeps %s with the text so far', async (_what, error, errorCode) => {
    const { kept, keeping, stored } = keptAfter(true);
    await kept.keep(keeping, anEnd('Oslo', error));
    expect(stored[0]!.reply).toMatchObject({
      status: 'failed',
      content: 'Oslo',
      finishReason: 'error',
      errorCode,
    });
    expect(stored[0]!.reply.errorDetail).not.toContain('secret');
  });
});
