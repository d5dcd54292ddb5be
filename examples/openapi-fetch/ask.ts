// A client whose types come from /openapi.json: a wrong path, field or type does not compile.
import { EventSourceParserStream } from 'eventsource-parser/stream';
import createClient from 'openapi-fetch';
import type { components, paths } from './parley.js';

type Event =
  | components['schemas']['MessageCreatedEvent']
  | components['schemas']['MessageDeltaEvent']
  | components['schemas']['MessageEndedEvent']
  | components['schemas']['ReconnectEvent'];

const parley = createClient<paths>({ baseUrl: process.env.PARLEY_URL ?? 'http://localhost:3000' });

const guest = must(await parley.POST('/api/v1/auth/guest', { body: {} }));
parley.use({
  onRequest: ({ request }) => request.headers.set('Authorization', `Bearer ${guest.accessToken}`),
});

const { id } = must(await parley.POST('/api/v1/conversations', { body: { title: 'A trip to Oslo' } }));
const params = { path: { id } };

// As JSON, once it is whole. Sent again with the same key, it is not asked again.
const key = { 'Idempotency-Key': crypto.randomUUID() };
const { reply } = must(
  await parley.POST('/api/v1/conversations/{id}/messages', {
    params: { ...params, header: key },
    body: { content: 'What is Oslo like in winter?' },
  }),
);
console.log(reply.content);

// As a stream, while it is written: openapi-fetch gives the bytes, the parser finds the events in them.
const bytes = must(
  await parley.POST('/api/v1/conversations/{id}/messages/stream', {
    params,
    body: { content: 'And in summer?' },
    parseAs: 'stream',
  }),
);
for await (const event of events(bytes!)) {
  if (event.type === 'message.delta') process.stdout.write(event.delta);
  if (event.type === 'message.completed') console.log(`\n${event.message.usage?.totalTokens} tokens`);
}

const { data: messages } = must(await parley.GET('/api/v1/conversations/{id}/messages', { params }));
console.log(`${messages.length} messages are kept`);

async function* events(bytes: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Event> {
  const messages = bytes.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { data } of messages) yield JSON.parse(data) as Event;
}

/** What was asked for. @throws Error – what the server says instead. */
function must<Data>({ data, error }: { data?: Data; error?: { detail: string } }): Data {
  if (error) throw new Error(error.detail);
  return data as Data;
}
