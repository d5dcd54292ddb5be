import fc from 'fast-check';
import { newId } from '../../src/common/ids';
import { OPERATIONS, type Operation, type Parameter } from './contract';
import { spoilings } from './spoilings';
import { BAD_MODEL, Borrowed, borrowed, valuesOf, type BorrowedKind } from './schema-values';
import { mayCall, WHO, type Call, type Who } from './call';

/** Any operation, asked by anybody, as it should be asked or with something wrong. */
export const anyCall = (): fc.Arbitrary<Call> => fc.oneof(...OPERATIONS.map(callsOf));

const callsOf = (operation: Operation): fc.Arbitrary<Call> => {
  const { method, parameters } = operation;
  const named = (place: string) => parameters.filter((parameter) => parameter.in === place);
  const valid = fc.record({
    operation: fc.constant(operation),
    method: fc.constant(method),
    who: whoFor(operation),
    person: fc.nat({ max: 1_000 }),
    gaps: fc.record(
      Object.fromEntries(named('path').map(({ name }) => [name, gapsOf(operation, name)] as const)),
    ),
    query: members(named('query')).map((query) => Object.entries(query)),
    headers: members(named('header')),
    body: bodiesOf(operation),
    raw: fc.constant(null),
  });
  return valid.chain((call) => {
    const asIs = {
      ...call,
      fault: Object.values(call.gaps).some(isForeign) ? 'an id of somebody else' : null,
    };
    const spoiled = spoilings(asIs).map((change) => ({ ...asIs, ...change }));
    return fc.oneof(fc.constant(asIs), spoiled);
  });
};

const members = (parameters: readonly Parameter[]): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(
    Object.fromEntries(parameters.map(({ name, schema }) => [name, valuesOf(schema, name)] as const)),
    {
      requiredKeys: [],
    },
  );

function whoFor(operation: Operation): fc.Arbitrary<Who> {
  const [welcome, others] = [true, false].map((may) => WHO.filter((who) => mayCall(who, operation) === may));
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...welcome!) },
    ...(others!.length > 0 ? [{ weight: 1, arbitrary: fc.constantFrom(...others!) }] : []),
  );
}

/** Now and then the question goes to the model that fails. */
function bodiesOf({ path, body, needsBody }: Operation): fc.Arbitrary<unknown> {
  if (!body) return fc.constant(undefined);
  const bodies = needsBody ? valuesOf(body) : fc.option(valuesOf(body), { nil: undefined });
  if (!/messages|questions|completions/.test(path)) return bodies;
  const toBadModel = bodies.map((other) => ({ ...(other as object), model: BAD_MODEL }));
  return fc.oneof({ weight: 9, arbitrary: bodies }, { weight: 1, arbitrary: toBadModel });
}

const MALFORMED = ['x', "';--", '%', '\0', '\u{1f600}', '-1', 'x'.repeat(500), 'null', '__proto__'];

const isForeign = (gap: unknown) => gap instanceof Borrowed && gap.isForeign;

function gapsOf({ path }: Operation, name: string): fc.Arbitrary<unknown> {
  const kind = kindOf(path, name);
  return fc.oneof(
    { weight: 8, arbitrary: borrowed(kind) },
    { weight: 1, arbitrary: borrowed(kind, kind !== 'user') }, // administrators see all accounts
    { weight: 1, arbitrary: fc.constant(0).map(() => newId()) },
    { weight: 1, arbitrary: fc.constantFrom(...MALFORMED) },
  );
}

function kindOf(path: string, name: string): BorrowedKind {
  if (name === 'replyId') return 'reply';
  if (name === 'messageId') return 'message';
  if (path.startsWith('/api/v1/questions')) return 'question';
  if (path.startsWith('/api/v1/auth/sessions')) return 'session';
  if (path.startsWith('/api/v1/auth/api-keys')) return 'key';
  return path.startsWith('/api/v1/users') ? 'user' : 'conversation';
}
