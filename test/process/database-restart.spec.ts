import { Client as Connection } from 'pg';
import { Client } from '../support/client';
import { EmbeddedFolder } from '../support/embedded-folder';
import { FollowedReply } from '../support/followed-reply';
import { newGate } from '../support/gate';
import { ParleyProcess } from '../support/parley-process';
import { ScriptedModelServer } from '../support/scripted-model-server';
import { TcpProxy } from '../support/tcp-proxy';
import { waitUntil } from '../support/wait-until';

const REPLIES = 30;
const BEGINNING = 'Oslo is ';
const WHOLE = 'Oslo is cold and dark 😀.';

describe('Two replicas whose Postgres is restarted while replies are written', () => {
  let folder: EmbeddedFolder;
  let proxy: TcpProxy;
  let model: ScriptedModelServer;
  let replicas: ParleyProcess[];
  const [middle, end] = [newGate(), newGate()];

  beforeAll(async () => {
    folder = new EmbeddedFolder();
    proxy = await TcpProxy.before((await folder.start()).url);
    model = await ScriptedModelServer.start();
    model.answerAll(async (answer, { question }) => {
      answer.text(BEGINNING);
      await middle.opened;
      answer.text('cold ');
      if (question.startsWith('Long')) await end.opened;
      answer.whole('and ', 'dark 😀.');
    });
    const env = {
      ...{ DATABASE_URL: proxy.url, RATE_LIMITS: 'off', LLM_BASE_URL: model.url, LLM_MODELS: 'scripted' },
      JWT_SECRET: 'a secret that only the tests know, of a good length',
    };
    replicas = await Promise.all([1, 2].map(() => ParleyProcess.start(env)));
  });

  afterAll(async () => {
    for (const parley of replicas) await parley.kill();
    await model.close();
    await proxy.close();
    await folder.remove();
  });

  /** The longest outage there is: every lease has run out when Postgres is back. */
  async function expireAll(url: string): Promise<void> {
    const connection = new Connection({ connectionString: url });
    await connection.connect();
    await connection.query(`update generations set lease_until = now() - interval '1 minute'`);
    await connection.end();
  }

  it('go on where they were: every text is stored whole, and every reader gets it, once', async () => {
    const guest = await Client.guest(replicas[0]!.url);
    const [one, two] = replicas.map(({ url }) => new Client(url, guest.tokens)) as [Client, Client];
    const ask = (_: unknown, n: number) =>
      FollowedReply.ask(n % 2 ? one : two, `${n % 3 ? 'Long' : 'Short'} question ${n}`);
    const followed = await Promise.all(Array.from({ length: REPLIES }, ask));
    await Promise.all(followed.map((reply) => reply.until(BEGINNING.length)));

    process.kill(EmbeddedFolder.serverPid(await folder.start()), 'SIGQUIT'); // as pg_ctl stop -m immediate
    await waitUntil(async () => (await replicas[0]!.readiness()) === 503, 'an outage that was noticed');
    middle.open(); // replies go on meanwhile, and a third of them ends
    await waitUntil(() => model.calls.length === REPLIES, 'all calls');
    const { url } = await folder.start();
    await expireAll(url);
    proxy.moveTo(url);
    await waitUntil(async () => (await replicas[0]!.readiness()) === 200, 'Postgres to be back');
    end.open();

    const ends = await Promise.all(followed.map((reply) => reply.toEnd(one)));
    for (const [n, reply] of followed.entries())
      expect([ends[n]!.status, ends[n]!.content, reply.text]).toEqual(['completed', WHOLE, WHOLE]);
    expect(model.calls).toHaveLength(REPLIES);
    await expect(Promise.all(replicas.map((parley) => parley.readiness()))).resolves.toEqual([200, 200]);
  });
});
