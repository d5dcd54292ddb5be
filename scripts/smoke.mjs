// Does what a person does, against a Parley that runs somewhere: `PARLEY_URL=https://chat.example.com npm run test:smoke`.
// Where GUESTS=off, PARLEY_USERNAME and PARLEY_PASSWORD name an account to use. What it makes, it deletes.
import { EventSourceParserStream } from 'eventsource-parser/stream';

const URL_OF_PARLEY = (process.env.PARLEY_URL || 'http://localhost:3000').replace(/\/$/, '');
const { PARLEY_USERNAME: username, PARLEY_PASSWORD: password } = process.env;
const MOST_MS = 120_000;
const QUESTION = 'What is the capital of Norway? Answer in one sentence.';

const signal = AbortSignal.timeout(MOST_MS);
let token = null;

/** Says what is wrong and never what was said: the output is kept in pipelines. */
function check(isRight, wrong) {
  if (!isRight) throw new Error(wrong);
}

async function call(method, path, body, more = {}) {
  const response = await fetch(URL_OF_PARLEY + path, {
    method,
    signal,
    body: body === undefined ? undefined : JSON.stringify(body),
    headers: {
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...more,
    },
  });
  const requestId = response.headers.get('x-request-id');
  check(response.ok, `${method} ${path} answered ${response.status} (request ${requestId})`);
  return response;
}

const json = async (...request) => (await call(...request)).json();

/** The events of a stream; each has its JSON as `data`. */
async function* events(response) {
  check(
    response.headers.get('content-type')?.startsWith('text/event-stream'),
    'the answer is no event stream',
  );
  const messages = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  for await (const { event, data } of messages) yield { event, data: JSON.parse(data) };
}

const textOf = (seen) => seen.map(({ data }) => data.delta ?? '').join('');

async function readAll(response) {
  const seen = [];
  for await (const event of events(response)) seen.push(event);
  check(seen.at(-1)?.event === 'message.completed', 'the answer did not come to its end');
  return { text: textOf(seen), last: seen.at(-1).data.message };
}

const made = { conversation: null, isGuest: false };
const found = {};

const STEPS = {
  'is healthy': async () => {
    const { status } = await json('GET', '/health/ready');
    check(status === 'ok', `its state is ${status}`);
  },
  'serves the page': async () => {
    const page = await (await call('GET', '/', undefined, { Accept: 'text/html' })).text();
    const [, script] = /<script[^>]+src="([^"]+)"/.exec(page) ?? [];
    check(script, 'the page names no script');
    await call('GET', new URL(script, `${URL_OF_PARLEY}/`).pathname);
  },
  'serves its contract': async () => {
    const { openapi } = await json('GET', '/openapi.json');
    check(openapi?.startsWith('3.1'), 'it is no OpenAPI 3.1');
  },
  'lets somebody in': async () => {
    made.isGuest = !username;
    const tokens = username
      ? await json('POST', '/api/v1/auth/login', { username, password })
      : await json('POST', '/api/v1/auth/guest', {});
    token = tokens.accessToken;
  },
  'streams an answer to its end': async () => {
    made.conversation = (await json('POST', '/api/v1/conversations', { title: 'Smoke test' })).id;
    const path = `/api/v1/conversations/${made.conversation}/messages`;
    Object.assign(
      found,
      { path },
      await readAll(await call('POST', `${path}/stream`, { content: QUESTION })),
    );
    check(found.text !== '', 'the answer is empty');
    check(found.last.content === found.text, 'what was streamed is not what is kept');
  },
  'gives the same answer again to whoever comes back': async () => {
    const after = Math.floor(found.text.length / 2);
    const rest = await readAll(await call('GET', `${found.path}/${found.last.id}/stream?after=${after}`));
    check(found.text.slice(0, after) + rest.text === found.text, 'it is another answer');
  },
  'keeps question and answer': async () => {
    const { data } = await json('GET', found.path);
    const said = data.map(({ content }) => content);
    check(said.length === 2 && said[0] === found.text && said[1] === QUESTION, 'something else is kept');
  },
};

async function cleanUp() {
  if (made.conversation) await call('DELETE', `/api/v1/conversations/${made.conversation}`);
  if (made.isGuest && token) await call('DELETE', '/api/v1/users/me', {});
}

const explain = ({ name, message, cause }) =>
  name === 'TimeoutError'
    ? `not done within ${MOST_MS / 1000} s`
    : [message, cause?.message].filter(Boolean).join(': ');

let step;
try {
  for (const [name, run] of Object.entries(STEPS)) {
    step = name;
    await run();
    console.log(`ok: Parley at ${URL_OF_PARLEY} ${name}`);
  }
} catch (error) {
  console.error(`FAILED: Parley at ${URL_OF_PARLEY} ${step}: ${explain(error)}`);
  process.exitCode = 1;
} finally {
  await cleanUp().catch((error) => console.error(`Could not delete what was made: ${explain(error)}`));
}
