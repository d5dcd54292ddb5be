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
});
