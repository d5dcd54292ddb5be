import { migrate } from '../../src/database/migrate';
import { dropAll, revertLast } from '../../src/database/revert';
import { cloneDatabase, type TestDatabase } from '../support/database';
import { dumpSchema } from '../support/schema-dump';

const NAMES = 'select name from migrations order by id desc';

describe('Going back', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await cloneDatabase();
  });

  afterEach(() => database.drop());

  const newest = async () => (await database.query<{ name: string }>(NAMES))[0]!.name;
  const fromTheFuture = () =>
    database.query(`insert into migrations (timestamp, name) values (9990000000000, 'Future9990000000000')`);

  it('takes back the newest migration, which can then be applied again', async () => {
    const before = await dumpSchema(database);
    const last = await newest();
    await revertLast(database.url, last);
    await expect(newest()).resolves.not.toBe(last);
    await expect(dumpSchema(database)).resolves.not.toEqual(before);
    await expect(migrate(database.url)).resolves.toEqual([last]);
    await expect(dumpSchema(database)).resolves.toEqual(before);
  });

  it('takes back one only of two who want the same', async () => {
    const last = await newest();
    const both = await Promise.allSettled([1, 2].map(() => revertLast(database.url, last)));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(migrate(database.url)).resolves.toEqual([last]);
  });

  it('takes back nothing that a newer version has made, and names it', async () => {
    await fromTheFuture();
    await expect(revertLast(database.url, 'Future9990000000000')).rejects.toThrow(/Future9990000000000/);
    await expect(dropAll(database.url)).rejects.toThrow(/does not know: Future9990000000000/);
    await expect(newest()).resolves.toBe('Future9990000000000');
  });

  it('drops all that Parley has made, and nothing else', async () => {
    await database.query('create table of_somebody_else (id int)');
    await dropAll(database.url);
    const { tables, functions } = await dumpSchema(database);
    expect([Object.keys(tables), functions]).toEqual([['of_somebody_else'], {}]);
    await expect(database.query(`select to_regclass('migrations') as found`)).resolves.toEqual([
      { found: null },
    ]);
  });

  it('drops nothing where something else hangs on it', async () => {
    await database.query('create table of_somebody_else (id uuid references users)');
    const before = await dumpSchema(database);
    await expect(dropAll(database.url)).rejects.toThrow(/users/);
    await expect(dumpSchema(database)).resolves.toEqual(before);
    await expect(migrate(database.url)).resolves.toEqual([]);
  });

  it('has nothing to drop in an empty database', async () => {
    await dropAll(database.url);
    await expect(dropAll(database.url)).resolves.toEqual([]);
  });
});
