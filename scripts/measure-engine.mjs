// What the reply engine takes: `npm run measure:engine`. It starts a Postgres of its own, replicas of the built product, and a model
// that is a small server in this process. On two cores it takes three minutes; nothing else should run meanwhile.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import WebSocket from 'ws';
import embedded from '../dist/src/database/embedded/embedded-postgres.js';

const MAIN = fileURLToPath(new URL('../dist/src/main.js', import.meta.url));
const TICKS_A_SECOND = Number(execFileSync('getconf', ['CLK_TCK']));
const INSPECTOR_PORT = 21_900;
const TOKEN = 'cold'; // four characters, as many as a token has in prose

/** An endless answer at the pace that its question says, in tokens a second; 0: not one. */
const upstreamEnds = new Map();
const model = createServer(async (request, response) => {
  const question = (await json(request)).messages.at(-1).content;
  const pace = Number(question.split(' ')[0]);
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  const chunk = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: TOKEN }, finish_reason: null }] })}\n\n`;
  const timer = pace && setInterval(() => response.write(chunk), 1000 / pace);
  response.on('close', () => {
    clearInterval(timer);
    upstreamEnds.set(question, performance.now());
  });
}).listen(0, '127.0.0.1');
await once(model, 'listening');

const folder = mkdtempSync(join(tmpdir(), 'parley-measure-'));
chmodSync(folder, 0o755); // as root, Postgres runs as another user
const postgres = await embedded.startEmbeddedPostgres(folder, { max_connections: '100' });
const database = new pg.Client({ connectionString: postgres.url });
await database.connect();

const replicas = [];
async function startReplica(options = []) {
  const port = 21_000 + replicas.length;
  const env = {
    ...{
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      PORT: String(port),
      DATABASE_URL: postgres.url,
      LOG_LEVEL: 'error',
    },
    ...{ JWT_SECRET: 'measured '.repeat(4), RATE_LIMITS: 'off', LLM_MODELS: 'endless' },
    LLM_BASE_URL: `http://127.0.0.1:${model.address().port}/v1`,
  };
  const child = spawn(process.execPath, [...options, MAIN], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.on('data', (text) => /^Debugger /.test(text) || process.stderr.write(text)); // says that it listens
  const replica = { child, url: `http://127.0.0.1:${port}` };
  replicas.push(replica);
  while ((await fetch(`${replica.url}/health/ready`).catch(() => null))?.status !== 200) await sleep(50);
  return replica;
}

let accessToken;
async function call(method, { url }, path, body, headers = {}) {
  const sent = { 'content-type': 'application/json', authorization: `Bearer ${accessToken}`, ...headers };
  return fetch(`${url}/api/v1${path}`, { method, headers: sent, body: body && JSON.stringify(body) });
}

let asked = 0;
/** A reply that has begun at so many tokens a second. */
async function ask(replica, pace) {
  const { id } = await (await call('POST', replica, '/conversations', {})).json();
  const question = `${pace} ${(asked += 1)}`;
  const sent = await call(
    'POST',
    replica,
    `/conversations/${id}/messages`,
    { content: question },
    { prefer: 'respond-async' },
  );
  const { reply } = await sent.json();
  return { path: `/conversations/${id}/messages/${reply.id}`, id: reply.id, question };
}

async function askMany(replica, count, pace) {
  const replies = [];
  for (let n = 0; n < count; n += 20)
    replies.push(...(await Promise.all(Array.from({ length: 20 }, () => ask(replica, pace)))));
  return replies;
}

/** Reads a reply until it is told to leave, and counts nothing of it. */
async function follow(replica, { path }) {
  const leave = new AbortController();
  const { body } = await fetch(`${replica.url}/api/v1${path}/stream`, {
    headers: { authorization: `Bearer ${accessToken}` },
    signal: leave.signal,
  });
  void body.pipeTo(new WritableStream()).catch(() => undefined);
  return leave;
}

const count = async (sql, ...values) => Number((await database.query(sql, values)).rows[0].count);
const quantile = (times, share) => [...times].sort((a, b) => a - b)[Math.floor(share * (times.length - 1))];
const mega = (bytes) => (bytes / 1e6).toFixed(1);
const memoryOf = ({ child }) => {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
  return Number(kilobytes) * 1024;
};
/** Without what nobody uses any more: how much of that there is depends on the memory of the machine. */
async function liveMemoryOf(replica) {
  const [{ webSocketDebuggerUrl }] = await (
    await fetch(`http://127.0.0.1:${INSPECTOR_PORT}/json/list`)
  ).json();
  const inspector = new WebSocket(webSocketDebuggerUrl);
  await once(inspector, 'open');
  inspector.send(JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' }));
  await once(inspector, 'message');
  inspector.terminate();
  return memoryOf(replica);
}
const cpuOf = ({ child }) => {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
};

async function measureCancel(owner, other) {
  const [upstream, answered] = [[], []];
  for (let n = 0; n < 50; n++) {
    const { path, question } = await ask(owner, 20);
    while ((await (await call('GET', other, path)).json()).content === '') await sleep(10);
    await sleep(Math.random() * 250); // not in step with the look
    const sentAt = performance.now();
    const { status } = await call('POST', other, `${path}/cancel`);
    if (status !== 200) throw new Error(`a cancel was answered ${status}`);
    answered.push(performance.now() - sentAt);
    upstream.push(upstreamEnds.get(question) - sentAt);
  }
  for (const [what, times] of Object.entries({ 'upstream aborted': upstream, answered }))
    console.log(
      `cancel on another replica, ${what}: p50 ${quantile(times, 0.5).toFixed(0)} ms, p99 ${quantile(times, 0.99).toFixed(0)} ms (50 cancels)`,
    );
}

/** One replica's replies while they stream, for so many seconds. */
async function measureLoad(what, writer, seconds) {
  const look = async () => ({
    wal: await count('select pg_current_wal_lsn() - $1::pg_lsn as count', '0/0'),
    statements: await count(
      'select xact_commit + xact_rollback as count from pg_stat_database where datname = current_database()',
    ),
    cpu: cpuOf(writer),
  });
  const before = await look();
  await sleep(seconds * 1000);
  const after = await look();
  const each = (name) => (after[name] - before[name]) / seconds;
  console.log(
    `${what}: WAL ${(each('wal') / 1000).toFixed(0)} KB/s, ${each('statements').toFixed(1)} transactions/s, writer's CPU ${(each('cpu') * 1000).toFixed(0)} ms/s, resident ${mega(memoryOf(writer))} MB`,
  );
}

async function cancelAll(replica, replies) {
  await Promise.all(replies.map(({ path }) => call('POST', replica, `${path}/cancel`)));
}

async function measureTakeover(victim) {
  const replies = [...(await askMany(victim, 200, 20)), ...(await askMany(victim, 100, 0))];
  while ((await count('select count(*) from generations where len16 > 0')) < 200) await sleep(100);
  victim.child.kill('SIGKILL');
  const killedAt = performance.now();
  const hanging = `select count(*) from generations where attempts = 1 and reply_id = any ($1)`;
  while (
    (await count(
      hanging,
      replies.map(({ id }) => id),
    )) > 0
  )
    await sleep(20);
  console.log(
    `kill -9 with 300 replies running, until each has ended or is written elsewhere: ${((performance.now() - killedAt) / 1000).toFixed(1)} s`,
  );
}

try {
  const [one, two] = [await startReplica(), await startReplica()];
  const three = await startReplica([`--inspect=127.0.0.1:${INSPECTOR_PORT}`]);
  ({ accessToken } = await (await call('POST', one, '/auth/guest', {})).json());
  await measureCancel(one, two);
  await measureLoad('idle, three replicas', one, 10);
  const replies = await askMany(one, 500, 20);
  await measureLoad('500 replies of 20 tokens/s, nobody reads', one, 20);
  const local = await Promise.all(replies.map((reply) => follow(one, reply)));
  await measureLoad('500 replies of 20 tokens/s, read on their replica', one, 20);
  for (const leave of local) leave.abort();
  const remote = await Promise.all(replies.map((reply) => follow(two, reply)));
  await sleep(5_000); // until they are flushed more often
  await measureLoad('500 replies of 20 tokens/s, read on another replica', one, 20);
  for (const leave of remote) leave.abort();
  await cancelAll(one, replies);
  const base = await liveMemoryOf(three);
  const many = await askMany(three, 1_000, 2);
  const readers = await Promise.all(many.map((reply) => follow(three, reply)));
  await measureLoad('1,000 replies of 2 tokens/s, read on their replica', three, 20);
  console.log(
    `memory of 1,000 streams: ${mega((await liveMemoryOf(three)) - base)} MB beyond an idle replica's ${mega(base)} MB, both after a garbage collection`,
  );
  for (const leave of readers) leave.abort();
  await cancelAll(three, many);
  await measureTakeover(one);
} finally {
  for (const { child } of replicas) child.kill('SIGKILL');
  await database.end();
  await postgres.stop();
  model.closeAllConnections();
  model.close();
  rmSync(folder, { recursive: true, force: true });
}
