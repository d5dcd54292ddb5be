import { startScriptedApp } from '../support/scripted-app';
import { waitUntil } from '../support/wait-until';

describe('A database that takes no writes, as after a failover', () => {
  it('is unavailable to those who would write', async () => {
    const app = await startScriptedApp();
    try {
      const { id } = await app.ana.conversation();
      const [{ name }] = (await app.parley.database.query<{ name: string }>(
        'select current_database() as name',
      )) as [{ name: string }];
      await app.parley.database.query(`alter database ${name} set default_transaction_read_only = on`);
      await app.parley.database.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()`,
        [name],
      );
      await waitUntil(
        async () => (await app.ana.get(`/conversations/${id}`)).status === 200,
        'new connections',
      );
      const answer = await app.ana.post(`/conversations/${id}/messages`, { content: 'Cold?' });
      expect([answer.status, answer.body.code]).toEqual([503, 'database_unavailable']);
    } finally {
      await app.parley.close();
    }
  });
});
