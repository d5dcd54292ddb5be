import fc from 'fast-check';
import { ReplyDatabase } from '../support/reply-database';
import { mishaps } from '../support/reply-mishaps';
import { ReplyProcesses } from '../support/reply-processes';
import { writing } from '../support/reply-steps';

const RUNS = 40;
const SEED = 20_261_121; // the same steps each time, so that what they have to have met is no matter of luck
const MOST_MS = 45_000; // a few seconds, on a machine that has nothing else to do; what fails is made smaller for so long

/** What the runs together have to have met: otherwise they have shown nothing of it. */
const FATES = [
  ...['opened', 'regenerated', 'reply_in_progress', 'not_found', 'beat ok', 'beat lost'],
  ...['settled', 'settled too late', 'claimed with text', 'claimed without text', 'taken over'],
  ...['taken over too late', 'cancel requested', 'cancel requested too late', 'told to cancel'],
  'deleted while written',
];

describe('The lease of a reply', () => {
  let database: ReplyDatabase;
  beforeAll(async () => (database = await ReplyDatabase.open()));
  afterAll(() => database.close());

  it('is held, lost and taken over as its model says, whatever comes after what', async () => {
    const tally = new Map<string, number>();
    const steps = fc.commands([...writing, ...mishaps], { maxCommands: 100, size: 'max' });
    const conversations = fc.integer({ min: 2, max: 3 });
    await fc.assert(
      fc.asyncProperty(conversations, steps, async (count, happening) => {
        const processes = await ReplyProcesses.start(database, tally, count);
        await fc.asyncModelRun(() => ({ model: processes, real: {} }), happening);
        await processes.finish();
      }),
      { numRuns: RUNS, seed: SEED, interruptAfterTimeLimit: MOST_MS },
    );
    expect(FATES.filter((fate) => !tally.has(fate))).toEqual([]);
  });
});
