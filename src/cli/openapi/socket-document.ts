import { getSchemaPath } from '@nestjs/swagger';
import {
  MessageCreatedEvent,
  MessageDeltaEvent,
  MessageEndedEvent,
  ReconnectEvent,
} from '../../conversations/message-events.dto';
import {
  AuthFrameDto,
  CancelFrameDto,
  PingFrameDto,
  RegenerateFrameDto,
  ResumeFrameDto,
  SendFrameDto,
} from '../../conversations/sockets/frames.dto';
import { UserResponse } from '../../users/user.dto';
import { Problem } from '../problem.dto';
import type { Json } from './operations';

const DESCRIPTION = `Questions and replies over one WebSocket: several replies at a time, joined again at any place. Frames are JSON text of
100 KB at most. The first one is \`auth\`, within 5 s, and is answered by \`ready\`. Rules, limits and close codes: docs/websocket.md.
The calls and streams over HTTP: \`/openapi.json\`.`;

/** What a client says, by the \`type\` of the frame. */
const SAID = {
  auth: AuthFrameDto,
  'message.send': SendFrameDto,
  'message.regenerate': RegenerateFrameDto,
  'message.resume': ResumeFrameDto,
  'message.cancel': CancelFrameDto,
  ping: PingFrameDto,
};

/** They are no part of the document over HTTP. */
export const FRAMES = Object.values(SAID);

const ref = (model: abstract new (...args: never[]) => unknown): Json => ({
  $ref: getSchemaPath(model.name),
});
const object = (required: string[], properties: Json): Json => ({ type: 'object', required, properties });

const TAG = { name: 'WebSocket', description: 'Questions and replies over one connection.' };
const REQUEST_ID = { type: 'string', description: 'Of the frame that this answers.' };
const OFFSET = {
  ...{ type: 'integer', minimum: 0 },
  description: 'UTF-16 length of the text so far: where to resume.',
};
const ofReply = (event: Json): Json => ({
  allOf: [event, object(['requestId', 'id'], { requestId: REQUEST_ID, id: OFFSET })],
});

/** What the server says, by the \`type\` of the frame. */
const TOLD: Readonly<Record<string, Json>> = {
  ready: object(['type', 'user'], { type: { const: 'ready' }, user: ref(UserResponse) }),
  pong: object(['type'], { type: { const: 'pong' }, requestId: REQUEST_ID }),
  'message.created': ofReply(ref(MessageCreatedEvent)),
  'message.delta': ofReply(ref(MessageDeltaEvent)),
  'message.completed': ofReply(ref(MessageEndedEvent)),
  'message.failed': ofReply(ref(MessageEndedEvent)),
  'message.cancelled': ofReply(ref(MessageEndedEvent)),
  reconnect: { allOf: [ref(ReconnectEvent), object(['requestId'], { requestId: REQUEST_ID })] },
  error: object(['type', 'requestId', 'problem'], {
    type: { const: 'error' },
    requestId: { type: ['string', 'null'], description: 'Null: the frame had none that could be read.' },
    problem: {
      allOf: [
        ref(Problem),
        {
          type: 'object',
          properties: { retryAfter: { type: 'integer', minimum: 0, description: 'Seconds.' } },
        },
      ],
    },
  }),
};

/** The WebSocket as AsyncAPI 3, out of the schemas of the document over HTTP with those of the frames among them. */
export function createSocketContract(
  { version, license, contact }: Json,
  schemas: Readonly<Record<string, Json>>,
): Json {
  const said = Object.fromEntries(
    Object.entries(SAID).map(([type, frame]) => [type, withType(type, schemas[frame.name]!)]),
  );
  const payloads = { ...said, ...TOLD };
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Parley over WebSocket',
      version,
      description: DESCRIPTION,
      license,
      contact,
      tags: [TAG],
    },
    servers: { local: { host: 'localhost:3000', protocol: 'ws', description: 'As `npm start` has it.' } },
    defaultContentType: 'application/json',
    channels: {
      socket: {
        address: '/api/v1/ws',
        messages: pointers(Object.keys(payloads), 'components'),
        bindings: { ws: {} },
      },
    },
    operations: {
      take: operation('receive', 'What a client says.', Object.keys(SAID)),
      tell: operation('send', 'What the server says.', Object.keys(TOLD)),
    },
    components: {
      messages: Object.fromEntries(
        Object.entries(payloads).map(([type, payload]) => [keyOf(type), { name: type, payload }]),
      ),
      schemas: neededBy(payloads, schemas),
    },
  };
}

/** AsyncAPI has no dots in keys. */
const keyOf = (type: string): string => type.replace(/[.](\w)/, (_, first: string) => first.toUpperCase());

const pointers = (types: readonly string[], from: string): Json =>
  Object.fromEntries(types.map((type) => [keyOf(type), { $ref: `#/${from}/messages/${keyOf(type)}` }]));

const operation = (action: string, description: string, types: readonly string[]): Json => ({
  ...{ action, description, channel: { $ref: '#/channels/socket' } },
  messages: Object.values(pointers(types, 'channels/socket')),
});

const withType = (type: string, schema: Json): Json => ({
  ...schema,
  properties: { ...(schema.properties as Json), type: { const: type } },
});

/** Those that are referred to, and those that these refer to. */
function neededBy(root: Json, schemas: Readonly<Record<string, Json>>): Json {
  const needed: Record<string, Json> = {};
  const collect = (value: unknown): void => {
    for (const [, name] of JSON.stringify(value).matchAll(/#\/components\/schemas\/(\w+)/g)) {
      if (needed[name!]) continue;
      needed[name!] = withLoneRefs(schemas[name!]!) as Json;
      collect(needed[name!]);
    }
  };
  collect(root);
  return needed;
}

/** Here, unlike in OpenAPI 3.1, a `$ref` hides what stands beside it. */
function withLoneRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withLoneRefs);
  if (typeof value !== 'object' || value === null) return value;
  const { $ref, ...rest } = Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, withLoneRefs(member)]),
  );
  if ($ref === undefined) return rest;
  return Object.keys(rest).length === 0 ? { $ref } : { ...rest, allOf: [{ $ref }] };
}
