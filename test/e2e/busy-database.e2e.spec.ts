import { DataSource } from 'typeorm';
import { Client } from '../support/client';
import { Listener } from '../support/listener';
import { makePatient } from '../support/patient-database';
import { pauseAnswer } from '../support/paused-answer';
import { startApp, type RunningApp } from '../support/running-app';
import { ScriptedModelServer } from '../support/scripted-model-server';
import { waitUntil } from '../support/wait-until';

const CONNECTIONS = 2;

describe('Replies while requests have used up the connections', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    const env = { LLM_BASE_URL: model.url, LLM_MODELS: 'scripted', DATABASE_POOL: String(CONNECTIONS) };
    parley = await startApp(env);
    await makePatient(parley.app.get(DataSource));
  });
  afterAll(async () => {
    await parley.close();
    await model.close();
  });

  /** Keeps every connection for requests busy until it is let go. */
  async function useUpConnections(): Promise<() => Promise<unknown>> {
    const pool = parley.app.get(DataSource);
    const busy = Array.from({ length: CONNECTIONS }, () =>
      pool.query('select pg_sleep(60)').catch(() => null),
    );
    const pids = () =>
      parley.database.query<{ pid: number }>(
        `select pid from pg_stat_activity where query = 'select pg_sleep(60)' and state = 'active'`,
      );
    await waitUntil(async () => (await pids()).length === CONNECTIONS, 'busy connections');
    return async () => {
      for (const { pid } of await pids()) await parley.database.query('select pg_cancel_backend($1)', [pid]);
      await Promise.all(busy);
    };
  }

  it('keep their leases, and their readers get the first text', async () => {
    const ana = await Client.guest(parley.url);
    const { question, text, beginning, goOn } = pauseAnswer(model, [], ['Oslo ', 'is cold.']);
    const { id } = await ana.conversation();
    const asker = new Listener(await ana.ask(id, question));
    await waitUntil(() => model.calls.length === 1, 'the call');
    expect(beginning).toBe('');
    const letGo = await useUpConnections();
    await parley.database.query(`update generations set lease_until = now() + interval '1 second'`);
    goOn();
    await asker.hears('Oslo is cold.');
    await waitUntil(async () => {
      const [held] = await parley.database.query(
        `select from generations where lease_until > now() + interval '5 seconds'`,
      );
      return held !== undefined;
    }, 'a lease that was extended');
    await letGo();
    await asker.done;
    expect(asker.text).toBe(text);
  });
});
