import fc from 'fast-check';
import type { Call } from './call';
import { methodsOf, type Operation } from './contract';

type Spoiling = fc.Arbitrary<Partial<Call>>;

/** One change that a call may suffer. Whether another body is wrong is left to `bodyFaultOf`. */
export function spoilings(call: Call): Spoiling {
  const takesKeys = call.operation.parameters.some(({ name }) => name === 'Idempotency-Key');
  return fc.oneof(
    { weight: 6, arbitrary: otherBody(call) },
    { weight: 2, arbitrary: queries(call.operation) },
    { weight: 1, arbitrary: brokenBody },
    { weight: 1, arbitrary: unreadableBody },
    { weight: 1, arbitrary: otherMethod(call.operation) },
    ...(takesKeys ? [{ weight: 1, arbitrary: badKey }] : []),
  );
}

const deep = (levels: number): unknown => (levels === 0 ? 0 : [deep(levels - 1)]);

/** Too much for about any member, or nothing of its kind. */
const junk = fc.constantFrom<unknown>(
  ...[null, true, 0, -1, 1.5, 1e300, '', ' ', 'x', 'x'.repeat(30_000), [], ['x'], {}, { x: 1 }, deep(40)],
  ...['\0', 'half \ud83d of a pair', '2030-02-30', '0000-01-01', '\u200b\u200b\u200b'],
);

function otherBody({ body = {} }: Call): Spoiling {
  const members = Object.entries(body as object);
  const names = [...Object.keys(body as object), 'surprise', 'surprise'];
  const changed = fc
    .tuple(fc.constantFrom(...names), junk)
    .map(([name, value]) => ({ ...(body as object), [name]: value }));
  const fewer = members.map(([gone]) => Object.fromEntries(members.filter(([name]) => name !== gone)));
  const bodies = fc.oneof(
    { weight: 3, arbitrary: changed },
    ...(fewer.length > 0 ? [fc.constantFrom<object>(...fewer)] : []),
  );
  return bodies.map((other) => ({ body: other }));
}

function queries({ parameters }: Operation): Spoiling {
  const known = parameters.filter((parameter) => parameter.in === 'query');
  const unknown = ['surprise', 'limit[]', 'constructor', ''].map((name) => [[name, '1']] as const);
  const repeated = known.map(
    ({ name }) =>
      [
        [name, '1'],
        [name, '2'],
      ] as const,
  );
  const wrong = known
    .filter(
      ({ schema }) => schema.type !== 'string' || schema.enum !== undefined || schema.format !== undefined,
    )
    .flatMap(({ name }) =>
      ['', '-1', 'x', '1.5', '1e400', ' 1', '\0'].map((text) => [[name, text]] as const),
    );
  return fc
    .constantFrom<Call['query']>(...unknown, ...repeated, ...repeated, ...wrong)
    .map((query) => ({ query, fault: `the query ${JSON.stringify(query)}` }));
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

const brokenBody: Spoiling = fc
  .constantFrom<string | Uint8Array>(
    ...['{', '{"a":1}}', '{"a":1,}', "{'a':1}", 'null', '[]', '"x"', '1', '{"a":NaN}', '{"a":1e999}', ' '],
    ...[Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d), Uint8Array.of(0xff, 0xfe, 0x7b, 0x00)],
    `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
    `{"a":"${'x'.repeat(110 * 1024)}"}`,
  )
  .map((raw) => ({ raw, headers: JSON_TYPE, fault: 'a body that is no JSON object of ours' }));

const unreadableBody: Spoiling = fc
  .constantFrom<Call['headers']>(
    ...[
      'text/plain',
      'application/json; charset=utf-16',
      'application/xml',
      'x',
      '',
      'multipart/form-data',
    ].map((type) => ({ 'Content-Type': type })),
    ...['gzip', 'br', 'x'].map((coding) => ({ ...JSON_TYPE, 'Content-Encoding': coding })),
  )
  .map((headers) => ({ raw: '{}', headers, fault: `the headers ${JSON.stringify(headers)}` }));

const otherMethod = ({ path }: Operation): Spoiling =>
  fc
    .constantFrom(
      ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((method) => !methodsOf(path).includes(method)),
    )
    .map((method) => ({ method, fault: `the method ${method}` }));

const badKey: Spoiling = fc
  .constantFrom('two words', 'x'.repeat(256), 'caf\u00e9')
  .map((key) => ({ headers: { 'Idempotency-Key': key }, fault: `the key ${key}` }));
