import { PROBLEMS, type ProblemCode } from '../../common/errors/domain-error';

export type Json = Record<string, unknown>;

interface Response extends Json {
  description: string;
  headers?: Json;
  content?: Record<string, Json>;
}

export interface Operation extends Json {
  operationId: string;
  summary: string;
  tags: string[];
  security?: Json[];
  parameters: { name: string; in: string; schema: Json }[];
  responses: Record<string, Response>;
}

interface Tag {
  readonly name: string;
  readonly description: string;
  readonly controllers: readonly string[];
}

const tag = (name: string, description: string, ...controllers: string[]): Tag => ({
  name,
  description,
  controllers,
});

/** In the order in which somebody new needs them. */
const TAGS: readonly Tag[] = [
  tag('Sign-in', 'Guests, members and their tokens. Start here: `POST /auth/guest` needs nothing.', 'Auth'),
  tag('Conversations', 'Conversations of the caller, and the search in them.', 'Conversations'),
  tag('Messages', 'Questions and replies, waited for. Messages form a tree by `parentId`.', 'Messages'),
  tag(
    'Streams',
    'The same as event streams. A reply belongs to the server: a stream that breaks is joined again at `Last-Event-ID`, on any replica.',
    'MessageStreams',
  ),
  tag('Questions', 'One question, one answer, no conversation to manage.', 'Questions'),
  tag('Models', 'What can be asked.', 'Models'),
  tag('OpenAI', "For OpenAI's own clients: their shapes, their errors.", 'Completions'),
  tag('Account', 'The account that is signed in, its export and its end.', 'Users', 'Account', 'Passwords'),
  tag('Usage', 'What the account has taken, and its quota.', 'Usage'),
  tag('Sessions', 'Where the account is signed in.', 'Sessions'),
  tag('API keys', 'Keys for programs.', 'ApiKeys'),
  tag('Administration', 'For administrators.', 'AdminUsers', 'Audit'),
  tag('Health', 'For orchestrators and monitors. They need no token.', 'Health'),
];

const text = (description: string, schema: Json = { type: 'string' }): Json => ({ description, schema });

const always = (header: Json): Json => ({ ...header, required: true });

/** By the names that they have in the document. */
export const HEADERS = {
  RequestId: always(text('As the request had it, or a new one. The log has it too.')),
  RateLimit: text(
    'What is left of the limits that the call counts for (draft-ietf-httpapi-ratelimit-headers).',
  ),
  RateLimitPolicy: text('Those limits.'),
  RetryAfter: text('Whole seconds.', { type: 'integer', minimum: 0 }),
  Authenticate: always(text('How to authenticate.')),
  Location: always(text('The path of what was made.', { type: 'string', format: 'uri-reference' })),
  Replayed: text('`true`: the outcome of an earlier request with the same `Idempotency-Key`.', {
    type: 'string',
    enum: ['true'],
  }),
  Disposition: always(text('`attachment`, with a name for the file.')),
};

const header = (name: keyof typeof HEADERS): Json => ({ $ref: `#/components/headers/${name}` });

/** They answer `Location`. */
const MAKERS = ['conversationsCreate', 'messagesSend', 'messagesRegenerate', 'questionsAsk'];
const FILES = ['conversationsExport'];

export const tagsOfDocument = () => TAGS.map(({ name, description }) => ({ name, description }));

/** Says of each operation, all in one way, what its decorators do not. */
export function describeOperation(path: string, operation: Operation): void {
  const { description, ...rest } = split(operation.summary);
  Object.assign(operation, rest, { description });
  operation.tags = operation.tags.map(toTag);
  operation.security ??= [];
  for (const [status, response] of Object.entries(operation.responses)) {
    response.description ||= status === '204' ? 'Done.' : 'As asked.';
    response.headers = { ...headersOf(path, operation, Number(status)), ...response.headers };
  }
}

/** The first sentence is the heading; all of it the description. */
function split(comment: string): { readonly summary: string; readonly description: string } {
  const description = comment.replaceAll('\n', ' ');
  const [, summary = description] = /^(.+?)[.:](?: |$)/.exec(description) ?? [];
  return { summary, description };
}

function toTag(controller: string): string {
  const found = TAGS.find(({ controllers }) => controllers.includes(controller));
  if (!found) throw new Error(`The controller ${controller} has no tag in src/cli/openapi/operations.ts`);
  return found.name;
}

function headersOf(path: string, { operationId, parameters }: Operation, status: number): Json {
  const isKeyed = parameters.some(({ name }) => name === 'Idempotency-Key');
  const isMade = MAKERS.includes(operationId) && (status === 201 || status === 202);
  return {
    'X-Request-Id': header('RequestId'),
    ...(/^\/(api|v1)\//.test(path) && {
      RateLimit: header('RateLimit'),
      'RateLimit-Policy': header('RateLimitPolicy'),
    }),
    ...(status === 401 && { 'WWW-Authenticate': header('Authenticate') }),
    ...((status === 429 || status === 503) && { 'Retry-After': header('RetryAfter') }),
    ...(isMade && { Location: header('Location') }),
    ...(isKeyed && status !== 400 && status !== 401 && { 'Idempotency-Replayed': header('Replayed') }),
    ...(FILES.includes(operationId) && status === 200 && { 'Content-Disposition': header('Disposition') }),
  };
}

/** One problem of each code that the operations refer to, for `components.examples`. */
export const problemExamples = (operations: string): Json =>
  Object.fromEntries(
    Object.entries(PROBLEMS)
      .filter(([code]) => operations.includes(`#/components/examples/${code}"`))
      .map(([code, { status, title }]) => [
        code,
        { summary: title, value: problemExample(code as ProblemCode, status, title) },
      ]),
  );

function problemExample(code: ProblemCode, status: number, title: string): Json {
  return {
    ...{ type: `urn:parley:problem:${code}`, title, status, detail: `${title}.`, code },
    requestId: '01999d2a-6f30-7c11-8a52-3f1f7b0c9d44',
    ...(code === 'validation_failed' && {
      errors: [{ path: '/content', code: 'text', message: 'must be text of 1 to 20000 characters' }],
    }),
  };
}
