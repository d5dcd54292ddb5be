import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/database/data-source-options';
import { emptyDatabase, type TestDatabase } from '../support/database';
import { TcpProxy } from '../support/tcp-proxy';

describe('A connection that never answers again', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let source: DataSource;

  beforeAll(async () => {
    database = await emptyDatabase();
    proxy = await TcpProxy.before(database.url);
    source = await new DataSource(dataSourceOptions({ url: proxy.url, poolSize: 1 })).initialize();
    await source.query('select 1');
  });

  afterAll(async () => {
    await source.destroy();
    await proxy.close();
    await database.drop();
  });

  it('is not handed to whoever has waited for it', async () => {
    const waiter = () => source.query<unknown>('select 2 as two');
    proxy.abandon();
    const asked = source.query('select 1');
    const waiting = asked.catch(() => undefined).then(waiter); // asks before the socket has closed
    await expect(asked).rejects.toMatchObject({ message: 'Query read timeout' });
    await expect(waiting).resolves.toEqual([{ two: 2 }]);
  });
});
