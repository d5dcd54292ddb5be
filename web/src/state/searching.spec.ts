import { late, refused } from '../fakes/fake-parley';
import { stopTheClock } from '../fakes/fake-timers';
import { settled } from '../fakes/settled';
import { Stage } from '../fakes/stage';

let stage: Stage;
beforeEach(async () => {
  stopTheClock();
  stage = await Stage.open();
  for (const title of ['Trip to Oslo', 'Trip to Bergen']) stage.server.history.conversation({ title });
  await stage.conversations.refresh();
});
afterEach(() => {
  stage.close();
  jest.useRealTimers();
});

const found = () => stage.conversations.found.rows.value.map(({ title }) => title);
const searches = () => stage.server.all(/^GET/).filter(({ query }) => query.has('q'));

describe('Searching conversations', () => {
  it('finds those that have the words, and shows where', async () => {
    await stage.conversations.search('Oslo');
    expect(stage.conversations.found.rows.value).toMatchObject([
      { title: 'Trip to Oslo', snippet: 'Oslo', snippetMatches: [[0, 4]] },
    ]);
  });

  it('shows what is looked for now, whatever comes later', async () => {
    let arrive: () => void = () => undefined;
    stage.server.next(/^GET/, late(new Promise<void>((resolve) => (arrive = resolve))));
    const early = stage.conversations.search('Oslo');
    await settled();
    await stage.conversations.search('Bergen');
    arrive();
    await early;
    expect([found(), stage.conversations.query.value]).toEqual([['Trip to Bergen'], 'Bergen']);
  });

  it('shows nothing of what was found before while it looks', async () => {
    await stage.conversations.search('Trip');
    const later = stage.conversations.search('Bergen');
    expect(found()).toEqual([]);
    await later;
  });

  it('is over when nothing is looked for', async () => {
    await stage.conversations.search('Oslo');
    await stage.conversations.search('');
    expect([found(), stage.conversations.query.value, searches().length]).toEqual([[], '', 1]);
  });

  it('says when it fails, and finds when it is asked again', async () => {
    stage.server.next(/^GET/, refused(503, 'database_unavailable'));
    await expect(stage.conversations.search('Oslo')).rejects.toMatchObject({ code: 'database_unavailable' });
    expect(stage.conversations.found.state.value).toBe('failed');
    await stage.conversations.search('Oslo');
    expect(found()).toEqual(['Trip to Oslo']);
  });

  it('shows a change of what was found, and the words where they were', async () => {
    await stage.conversations.search('Oslo');
    await stage.conversations.change(stage.conversations.found.rows.value[0]!, { title: 'Oslo again' });
    expect(stage.conversations.found.rows.value).toMatchObject([{ title: 'Oslo again', snippet: 'Oslo' }]);
  });

  it('leaves the other lists without the words that were looked for', async () => {
    await stage.conversations.search('Oslo');
    stage.server.next(/^PATCH/, refused(500, 'internal'));
    await stage.conversations.change(stage.conversations.found.rows.value[0]!, { pinned: true });
    expect(stage.conversations.recent.rows.value.map(({ snippet }) => snippet)).toEqual([
      undefined,
      undefined,
    ]);
  });
});
