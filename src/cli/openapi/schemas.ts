import { EXAMPLES } from './examples';
import type { Json } from './operations';

/** What these hand on is the provider's. */
const FOREIGN = /^(Completion|CreateCompletion|OpenAi|StreamOptions)/;
/** Its ids are names: `provider/model`. */
const NAMED = /^ModelResponse$/;

interface Schema extends Json {
  type?: unknown;
  format?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
}

/** Says of each schema, all in one way, what the compiler cannot see: formats, whole numbers, what is refused. */
export function refineSchemas(schemas: Record<string, Schema>): void {
  for (const [name, schema] of Object.entries(schemas)) {
    if (!FOREIGN.test(name) && !NAMED.test(name))
      for (const [key, member] of Object.entries(schema.properties ?? {})) format(key, member);
    if (name.endsWith('Dto')) schema.additionalProperties = FOREIGN.test(name); // what is the provider's passes through
    if (EXAMPLES[name]) schema.examples = [EXAMPLES[name]];
  }
}

/** Ids are UUIDs and times ISO 8601 wherever they stand. */
export function format(name: string, schema: Schema): void {
  const formatted = /Ids$/.test(name) ? schema.items! : schema;
  if (![formatted.type].flat().includes('string') || formatted.enum !== undefined) return;
  const found = formatOf(name);
  if (found) formatted.format ??= found;
}

function formatOf(name: string): string | undefined {
  if (name === 'requestId') return undefined; // the caller's own, where it sent one
  if (/^id$|Ids?$/.test(name)) return 'uuid';
  if (/At$/.test(name)) return 'date-time';
  return name === 'day' ? 'date' : undefined;
}

/** All numbers of the contract are whole. And a `$ref` beside other members needs no `allOf` since OpenAPI 3.1. */
export function simplified(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(simplified);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, simplified(member)]));
  if (members.type === 'number') members.type = 'integer';
  if (Array.isArray(members.type))
    members.type = members.type.map((type: unknown) => (type === 'number' ? 'integer' : type));
  const { allOf, ...rest } = members as { allOf?: Json[] };
  return allOf?.length === 1 ? { ...rest, ...allOf[0] } : members;
}
