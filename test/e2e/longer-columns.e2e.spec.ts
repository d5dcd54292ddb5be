import { DataSource } from 'typeorm';
import { KEPT_PLANS } from '../../src/database/kept-plans';
import { Client } from '../support/client';
import { startScriptedApp, type ScriptedApp } from '../support/scripted-app';

/** docs/operations.md allows the next version to do so while this one goes on. */
const LENGTHEN_ALL = `
  do $$ declare c record; begin
    for c in select * from information_schema.columns where table_schema = 'public' and character_maximum_length is not null loop
      execute format('alter table %I alter column %I type varchar(%s)', c.table_name, c.column_name, c.character_maximum_length + 1);
    end loop;
  end $$`;

describe('A migration that makes text columns longer', () => {
  let app: ScriptedApp;

  beforeAll(async () => {
    app = await startScriptedApp({ DATABASE_POOL: '1' });
  });

  afterAll(() => app.parley.close());

  const signInAndTalk = async () => {
    const ana = await Client.guest(app.parley.url);
    const { id } = await ana.conversation();
    const { reply } = await ana.send(id, 'Where is it cold?');
    const regenerated = await ana.post(`/conversations/${id}/messages/${reply.id}/regenerate`);
    return [reply.status, regenerated.status];
  };

  const keptPlans = async () => {
    const sql = 'select name from pg_prepared_statements order by name';
    return (await app.parley.app.get(DataSource).query<{ name: string }[]>(sql)).map(({ name }) => name);
  };

  it('is not noticed by the connections of the version before, which have kept their plans', async () => {
    await expect(signInAndTalk()).resolves.toEqual(['completed', 201]);
    await expect(keptPlans()).resolves.toEqual([...KEPT_PLANS.values()].sort());
    await app.parley.database.query(LENGTHEN_ALL);
    await expect(signInAndTalk()).resolves.toEqual(['completed', 201]);
  });
});
