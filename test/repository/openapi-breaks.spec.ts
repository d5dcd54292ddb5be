import { createRequire } from 'node:module';
import contract from '../../docs/openapi.json';

const { breaksBetween } = createRequire(__filename)('../../scripts/contract-breaks.cjs') as {
  breaksBetween: (before: object, after: object) => string[];
};

type Json = Record<string, unknown>;
interface Schema extends Json {
  properties: Record<string, Json>;
  required: string[];
}
interface Operation {
  operationId?: string;
  security?: Json[];
  parameters: { name: string; in: string; required: boolean; schema: Json }[];
  requestBody: { required: boolean; content: Json };
  responses: Record<string, { content: Record<string, { schema: Json }> }>;
}
interface Contract {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const SEND = '/api/v1/conversations/{id}/messages';
const send = ({ paths }: Contract) => paths[SEND]!.post!;
const list = ({ paths }: Contract) => paths['/api/v1/conversations']!.get!;
const schema = ({ components }: Contract, name: string) => components.schemas[name]!;

const BREAKS: readonly [what: string, said: string, change: (contract: Contract) => unknown][] = [
  ['a path that is gone', 'is gone', ({ paths }) => delete paths['/api/v1/questions']],
  ['a method that is gone', 'is gone', ({ paths }) => delete paths['/api/v1/questions']!.post],
  ['another name', 'is called ask now', (now) => (send(now).operationId = 'ask')],
  ['a token that is wanted', 'needs a token now', ({ paths }) => (paths['/health']!.get!.security = [{ bearer: [] }])],
  ['a parameter that is refused', 'refuses the parameter q now', (now) => list(now).parameters.splice(list(now).parameters.findIndex(({ name }) => name === 'q'), 1)],
  ['a parameter that is wanted', 'wants the parameter tone now', (now) => list(now).parameters.push({ name: 'tone', in: 'query', required: true, schema: {} })],
  ['a shorter range of a parameter', 'the parameter limit has maximum 50', (now) => (list(now).parameters.find(({ name }) => name === 'limit')!.schema.maximum = 50)],
  ['a body that is wanted', 'wants a body now', ({ paths }) => (paths['/api/v1/auth/ws-ticket']!.post!.requestBody = { required: true, content: {} })],
  ['a member that is wanted', 'its body/tone must be there', (now) => schema(now, 'SendMessageDto').required.push('tone')],
  ['a member that is refused', 'its body/parentId is refused', (now) => delete schema(now, 'SendMessageDto').properties.parentId],
  ['a shorter text', 'its body/content has maxLength 10', (now) => (schema(now, 'SendMessageDto').properties.content!.maxLength = 10)],
  ['a null that is refused', 'its body/parentId can be null', (now) => (schema(now, 'SendMessageDto').properties.parentId!.type = 'string')],
  ['a word that is refused', 'its body/transport is never cookie', (now) => (schema(now, 'GuestDto').properties.transport!.enum = ['body'])],
  ['an outcome that never comes', 'never answers 202 now', (now) => delete send(now).responses[202]],
  ['another kind of answer', 'its 200 is no text/event-stream now', ({ paths }) => (paths[`${SEND}/stream`]!.post!.responses[200]!.content = {})],
  ['a member that may be missing', 'its 201/message/content must be there', (now) => schema(now, 'MessageResponse').required.splice(schema(now, 'MessageResponse').required.indexOf('content'), 1)],
  ['a null that nobody expects', 'its 201/messageCount can be null', (now) => (schema(now, 'ConversationResponse').properties.messageCount!.type = ['integer', 'null'])],
  ['another type', 'its 201/message/content can be integer', (now) => (schema(now, 'MessageResponse').properties.content!.type = 'integer')],
  ['a fraction where whole numbers were', 'can be number, not only integer', (now) => (schema(now, 'UsageOfDayResponse').properties.replies!.type = 'number')],
  [
    'an event that nobody knows',
    'its 200',
    (now) => {
      now.components.schemas.NoteEvent = { type: 'object', required: ['note'], properties: { note: { type: 'string' } } };
      const { schema: union } = now.paths[`${SEND}/stream`]!.post!.responses[200]!.content['text/event-stream']!;
      (union.oneOf as Json[]).push({ $ref: '#/components/schemas/NoteEvent' });
    },
  ],
]; // prettier-ignore

const ADDITIONS: readonly [what: string, change: (contract: Contract) => unknown][] = [
  ['a path', ({ paths }) => (paths['/api/v1/news'] = structuredClone(paths['/api/v1/questions']!))],
  ['an optional parameter', (now) => list(now).parameters.push({ name: 'tone', in: 'query', required: false, schema: {} })],
  ['an optional member of a body', (now) => (schema(now, 'SendMessageDto').properties.tone = { type: 'string' })],
  ['a longer text', (now) => (schema(now, 'SendMessageDto').properties.content!.maxLength = 50_000)],
  ['a member of an answer', (now) => (schema(now, 'MessageResponse').properties.tone = { type: 'string' })],
  ['a problem that can be answered', (now) => (send(now).responses[402] = structuredClone(send(now).responses[404]!))],
  ['a code of problems', (now) => (schema(now, 'Problem').properties.code!.enum as string[]).push('too_late')],
  ['words about it', (now) => (schema(now, 'MessageResponse').properties.content!.description = 'Other words.')],
]; // prettier-ignore

describe('The comparison with the last release', () => {
  function compare(change: (contract: Contract) => unknown): string[] {
    const changed = structuredClone(contract) as unknown as Contract;
    change(changed);
    return breaksBetween(contract, changed);
  }

  it.each(BREAKS)('finds %s', (_what, said, change) => {
    expect(compare(change).join('\n')).toContain(said);
  });

  it.each(ADDITIONS)('has nothing against %s', (_what, change) => {
    expect(compare(change)).toEqual([]);
  });
});
