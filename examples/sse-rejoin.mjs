// Reads an answer as server-sent events over a connection that is lost again and again, and misses nothing.
import { EventSourceParserStream } from 'eventsource-parser/stream';

const API = `${process.env.PARLEY_URL ?? 'http://localhost:3000'}/api/v1`;
const EVENTS_A_CONNECTION = 4; // then it is cut, as a network would do

const post = async (path, body, headers) => {
  const response = await fetch(API + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(await response.text()); // a problem document
  return response;
};

const json = { 'Content-Type': 'application/json' };
const { accessToken } = await (await post('/auth/guest', {}, json)).json();
const authorization = { Authorization: `Bearer ${accessToken}` };
const { id } = await (await post('/conversations', {}, { ...json, ...authorization })).json();

// The reply belongs to the server: it is written on, whoever is reading.
const question = { content: 'What is Oslo like in winter?' };
const prefer = { Prefer: 'respond-async' };
const asked = await post(`/conversations/${id}/messages`, question, { ...json, ...authorization, ...prefer });
const { reply } = await asked.json();

let text = '';
let lastEventId = '0'; // of an event it is the length of the text so far: where to go on
let stored = null;
for (let connection = 1; stored === null; connection++) {
  stored = await read(connection).catch((error) => {
    if (error.name !== 'AbortError') throw error; // yours would wait a little and try again, but for a 4xx
    return null;
  });
}
console.log(`\n${stored.status}, and the text is ${text === stored.content ? 'whole' : 'NOT whole'}`);

/** Reads on from where the last connection was lost. @returns the reply as it is stored, once it has ended, or null. */
async function read(connection) {
  const cut = new AbortController();
  const response = await fetch(`${API}/conversations/${id}/messages/${reply.id}/stream`, {
    headers: { ...authorization, 'Last-Event-ID': lastEventId },
    signal: cut.signal,
  });
  if (!response.ok) throw new Error(await response.text());
  console.log(`\n-- connection ${connection}, from ${lastEventId} on`);
  const events = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  let seen = 0;
  for await (const event of events) {
    const data = JSON.parse(event.data);
    if (event.id) lastEventId = event.id;
    if (data.type === 'reconnect') return null; // this server is going away, another one goes on
    if (data.type !== 'message.delta') return data.message; // completed, failed or cancelled
    text += data.delta;
    process.stdout.write(data.delta);
    if (++seen === EVENTS_A_CONNECTION) cut.abort();
  }
  return null; // the stream ended without an end of the reply: go on
}
