import { DataSource } from 'typeorm';
import { newId } from '../../src/common/ids';
import { ReplyRepository } from '../../src/conversations/replies/reply.repository';
import { dataSourceOptions } from '../../src/database/data-source-options';
import { aBeat, ReplyDatabase } from '../support/reply-database';
import { waitUntil } from '../support/wait-until';

describe('A claim that a sweeper sent before the database froze, and has given up since', () => {
  let database: ReplyDatabase;
  let sweeperSource: DataSource;
  beforeAll(async () => {
    database = await ReplyDatabase.open();
    const [{ name }] = (await database.query<{ name: string }>('select current_database() as name')) as [
      { name: string },
    ];
    const url = Object.assign(new URL(process.env.TEST_DATABASE_SERVER!), { pathname: name }).href;
    sweeperSource = await new DataSource(dataSourceOptions({ url, poolSize: 1 })).initialize();
  });
  afterAll(async () => {
    await sweeperSource.destroy();
    await database.close();
  });

  it('takes nothing from owners who live, when the database comes back', async () => {
    const claim = await database.begin();
    await database.replies.beat(database.owner, [aBeat(claim, 'Oslo')]);
    const [backend] = await sweeperSource.query<{ pid: number }[]>('select pg_backend_pid() as pid');
    const { pid } = backend!;
    const sweeper = new ReplyRepository(sweeperSource, sweeperSource);
    process.kill(pid, 'SIGSTOP'); // the freeze: of this one connection only, so that the test can look on
    try {
      // At this moment no lease has run out; the sweeper has every right to ask.
      await expect(sweeper.claimExpired(newId(), 100, [])).rejects.toThrow('Query read timeout');
      // The freeze lasts longer than the lease, for everybody: no beat of the owner came through.
      await database.expire(claim);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await waitUntil(
      async () => (await database.query('select from pg_stat_activity where pid = $1', [pid])).length === 0,
      'the end of the connection',
    );
    const [beat] = await database.replies.beat(database.owner, [aBeat(claim, 'Oslo is cold.', 4)]);
    expect(beat).toMatchObject({ state: 'ok' });
  });
});
