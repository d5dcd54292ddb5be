import { DataSource } from 'typeorm';
import { RateLimitRepository } from '../../src/common/throttle/rate-limit.repository';
import { dataSourceOptions } from '../../src/database/data-source-options';
import { cloneDatabase, type TestDatabase } from '../support/database';

describe('A window of a limit', () => {
  let database: TestDatabase;
  let source: DataSource;
  let counters: RateLimitRepository;

  beforeAll(async () => {
    database = await cloneDatabase();
    source = await new DataSource(dataSourceOptions({ url: database.url, poolSize: 5 })).initialize();
    counters = new RateLimitRepository(source);
  });

  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  it('opens with its first hit, and never lasts longer than it is wide', async () => {
    const first = [];
    for (let key = 0; key < 30; key++) first.push(await counters.hit(`first-${key}`, 60_000));
    expect(first).toEqual(Array(30).fill({ hits: 1, secondsLeft: 60 }));
  });

  it('counts every hit of twenty at once', async () => {
    const hits = await Promise.all(Array.from({ length: 20 }, () => counters.hit('at once', 60_000)));
    expect(hits.map((count) => count.hits).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  it('counts in one statement what comes at once, each key for itself and each hit in its place', async () => {
    const query = jest.spyOn(source, 'query');
    await counters.hit('a', 60_000);
    const hit = (key: string) => counters.hit(key, 60_000).then(({ hits }) => `${key}${hits}`);
    await expect(Promise.all(['a', 'b', 'a', 'c', 'a'].map(hit))).resolves.toEqual([
      'a2',
      'b1',
      'a3',
      'c1',
      'a4',
    ]);
    expect(query).toHaveBeenCalledTimes(2);
    query.mockRestore();
  });

  it('begins anew where the last one is over', async () => {
    await Promise.all([1, 2, 3].map(() => counters.hit('over', 60_000)));
    await source.query("update rate_limits set expires_at = now() - interval '1 second' where hits = 3");
    const hits = await Promise.all([1, 2].map(() => counters.hit('over', 60_000)));
    expect(hits).toEqual([1, 2].map((place) => ({ hits: place, secondsLeft: 60 })));
  });

  it('is deleted when it is over, a few at a time, and not while hits are being counted in it', async () => {
    await Promise.all(['held', 'free', 'free too'].map((key) => counters.hit(key, 60_000)));
    await source.query("update rate_limits set expires_at = now() - interval '1 second'");
    await counters.hit('open', 60_000);
    const counting = source.createQueryRunner();
    await counting.startTransaction();
    await counting.query('select from rate_limits where expires_at < now() limit 1 for update');
    const deleted = [await counters.deleteExpired(1_000), await counters.deleteExpired(1_000)];
    await counting.rollbackTransaction();
    await counting.release();
    expect(deleted[0]).toBeGreaterThanOrEqual(2);
    expect(deleted[1]).toBe(0);
    await expect(counters.deleteExpired(1_000)).resolves.toBe(1);
    await expect(counters.hit('open', 60_000)).resolves.toMatchObject({ hits: 2 });
  });

  it('tells all who wait that the database has failed, and goes on after that', async () => {
    const query = jest.spyOn(source, 'query').mockRejectedValueOnce(new Error('gone'));
    const tries = await Promise.allSettled(['x', 'y'].map((key) => counters.hit(key, 60_000)));
    expect(tries.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    query.mockRestore();
    await expect(counters.hit('x', 60_000)).resolves.toEqual({ hits: 1, secondsLeft: 60 });
  });

  it('does not make replicas that count the same keys wait for each other in a ring', async () => {
    const other = new RateLimitRepository(source);
    const keys = Array.from({ length: 300 }, (_, n) => `ring-${n}`);
    for (let round = 0; round < 20; round++)
      await Promise.all([
        ...keys.map((key) => counters.hit(key, 60_000)),
        ...keys.toReversed().map((key) => other.hit(key, 60_000)),
      ]);
    await expect(counters.hit(keys[0]!, 60_000)).resolves.toMatchObject({ hits: 41 });
  });
});
