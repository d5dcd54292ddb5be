import fc from 'fast-check';
import contract from '../../docs/openapi.json';
import { newId } from '../../src/common/ids';
import { PASSWORD } from './callers';
import type { Schema } from './contract';

/** Stands for something that the run has by the time of the call, and is put in place then. */
export class Borrowed {
  constructor(
    readonly what: BorrowedKind,
    readonly pick: number,
    /** Of somebody else than who calls. */
    readonly isForeign = false,
  ) {}
}

export type BorrowedKind =
  | 'conversation'
  | 'message'
  | 'reply'
  | 'question'
  | 'session'
  | 'key'
  | 'user'
  | 'cursor'
  | 'username'
  | 'password'
  | 'refreshToken';

export const borrowed = (what: BorrowedKind, isForeign = false): fc.Arbitrary<Borrowed> =>
  fc.nat({ max: 1_000 }).map((pick) => new Borrowed(what, pick, isForeign));

/** Its model always answers. */
export const GOOD_MODEL = 'custom/scripted';
/** Its model always fails, in one way or another. */
export const BAD_MODEL = 'openai/gpt-5-mini';

/** What members and parameters of these names had better be, to get anywhere. */
const LIKELY: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  username: fc.oneof(
    borrowed('username'),
    fc.nat().map((n) => `new-${n}-${newId()}`),
  ),
  password: borrowed('password'),
  currentPassword: borrowed('password'),
  newPassword: fc.constantFrom(PASSWORD, 'marble kite orchard'),
  refreshToken: borrowed('refreshToken'),
  expiresAt: fc.constantFrom('2099-12-31T23:59:59Z', '2099-01-01T00:00:00.5+02:00', null),
  model: fc.constant(GOOD_MODEL),
  defaultModel: fc.constant(GOOD_MODEL),
  content: fc.constantFrom('Where is it cold?', 'Hi'),
  question: fc.constantFrom('Where is it cold?', 'Hi'),
  parentId: fc.oneof(borrowed('reply'), fc.constant(null)),
  activeLeafId: borrowed('message'),
  leafId: borrowed('message'),
  userId: borrowed('user'),
  cursor: borrowed('cursor'),
  type: fc.constant('text'),
  'Idempotency-Key': fc.constantFrom('one', 'two', 'three', 'four'),
  Prefer: fc.constantFrom('respond-async', 'wait=0', 'wait=1', 'x'),
  'Last-Event-ID': fc.constantFrom('0', '1', '17', '999'),
};

/** Values that are valid by the schema; mostly such that get somewhere, where the name tells what they are. */
export function valuesOf(schema: Schema, name = ''): fc.Arbitrary<unknown> {
  const [likely, any] = [LIKELY[name], bySchema(schema)];
  return likely ? fc.oneof({ weight: 4, arbitrary: likely }, { weight: 1, arbitrary: any }) : any;
}

function bySchema(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return bySchema(schemaOf(schema.$ref));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (schema.allOf && schema.allOf.length > 1) throw new Error('Several schemas at once are not foreseen.');
  if (choices) return fc.oneof(...choices.map((choice) => bySchema(choice)));
  const types = [schema.type ?? []].flat();
  if (types.length === 0) return fc.jsonValue({ maxDepth: 2 });
  return fc.oneof(...types.map((type) => byType(type, schema)));
}

function byType(type: string, schema: Schema): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer(bounds(schema));
    case 'number':
      return fc.oneof(fc.integer(bounds(schema)), fc.double({ ...bounds(schema), noNaN: true }));
    case 'string':
      return texts(schema);
    case 'array':
      return arrays(schema);
    case 'object':
      return objects(schema);
    default:
      throw new Error(`There are no values of the type ${type}.`);
  }
}

const bounds = ({ minimum = -(2 ** 40), maximum = 2 ** 40 }: Schema) => ({ min: minimum, max: maximum });

const days = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });

function texts({ format, pattern, minLength = 0, maxLength }: Schema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid();
  if (format === 'date') return days.map((day) => day.toISOString().slice(0, 10));
  if (format === 'date-time') return days.map((day) => day.toISOString());
  if (format !== undefined) throw new Error(`There are no values of the format ${format}.`);
  const form = new RegExp(pattern ?? '');
  if (pattern?.startsWith('^')) return fc.stringMatching(form);
  const usual = Math.max(minLength, Math.min(maxLength ?? 40, 40));
  const ofUnit = (unit: 'grapheme-ascii' | 'grapheme' | 'binary') =>
    fc
      .string({ unit, minLength, maxLength: usual })
      .filter((text) => fits(text, { minLength, maxLength }) && form.test(text));
  const longest = maxLength === undefined ? [] : ['x'.repeat(maxLength)];
  return fc.oneof(
    { weight: 4, arbitrary: ofUnit('grapheme-ascii') },
    { weight: 2, arbitrary: ofUnit('grapheme') },
    { weight: 1, arbitrary: ofUnit('binary') },
    ...longest.map((text) => ({ weight: 1, arbitrary: fc.constant(text) })),
  );
}

/** Parley counts UTF-16 units, JSON Schema characters; what is valid for both is longer than the one and shorter than the other. */
const fits = (text: string, { minLength = 0, maxLength = Infinity }: Schema) =>
  Array.from(text).length >= minLength && text.length <= maxLength && !text.includes('\0');

function arrays({ items = {}, minItems = 0, maxItems = 3, uniqueItems }: Schema): fc.Arbitrary<unknown[]> {
  const options = { minLength: minItems, maxLength: Math.max(minItems, Math.min(maxItems, 3)) };
  return uniqueItems === true ? fc.uniqueArray(valuesOf(items), options) : fc.array(valuesOf(items), options);
}

function objects({ properties = {}, required = [], additionalProperties, maxProperties }: Schema) {
  const undescribed = required.filter((name) => !(name in properties)).map((name) => [name, {}] as const);
  const members = [...undescribed, ...Object.entries(properties)];
  const named = fc.record(
    Object.fromEntries(members.map(([name, member]) => [name, valuesOf(member, name)])),
    { requiredKeys: [...required] },
  );
  if (typeof additionalProperties !== 'object') return named;
  const others = fc.dictionary(
    fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 }),
    valuesOf(additionalProperties),
    {
      maxKeys: Math.min(maxProperties ?? 4, 4),
      noNullPrototype: true,
    },
  );
  return fc.tuple(named, others).map(([one, other]) => ({ ...other, ...one }));
}

function schemaOf(reference: string): Schema {
  const name = reference.replace('#/components/schemas/', '');
  return (contract.components.schemas as unknown as Record<string, Schema>)[name]!;
}
