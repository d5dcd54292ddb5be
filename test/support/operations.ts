import contract from '../../docs/openapi.json';
import { nameOf, ROUTES, type Route } from './routes';

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

/** As the contract has it. */
interface Documented {
  readonly parameters?: readonly { readonly name: string }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

/** One operation of the contract, by the names of what goes in and out. Names are sorted, and each is there once. */
export interface Operation {
  readonly name: string;
  readonly route: Route;
  /** Of its body, however deep. */
  readonly asks: readonly string[];
  /** In its path, query, headers and cookies. */
  readonly parameters: readonly string[];
  /** Of its good answers, however deep. */
  readonly gives: readonly string[];
}

const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort();

const partOf = (reference: string): Schema =>
  reference
    .split('/')
    .slice(1)
    .reduce((part: unknown, step) => (part as Record<string, unknown>)[step], contract) as Schema;

function fieldsOf(schema: Schema | boolean | undefined): string[] {
  if (typeof schema !== 'object') return [];
  if (schema.$ref !== undefined) return fieldsOf(partOf(schema.$ref));
  const { properties = {}, items, additionalProperties, allOf = [], anyOf = [], oneOf = [] } = schema;
  const parts = [...Object.values(properties), items, additionalProperties, ...allOf, ...anyOf, ...oneOf];
  return [...Object.keys(properties), ...parts.flatMap(fieldsOf)];
}

const fieldsIn = (content: Content = {}): string[] =>
  Object.values(content).flatMap(({ schema }) => fieldsOf(schema));

function operationOf(route: Route): Operation {
  const item = (contract.paths as unknown as Record<string, Record<string, Documented>>)[route.path]!;
  const { parameters = [], requestBody, responses } = item[route.method.toLowerCase()]!;
  const good = Object.entries(responses).filter(([status]) => Number(status) < 400);
  return {
    name: nameOf(route),
    route,
    asks: sorted(fieldsIn(requestBody?.content)),
    parameters: sorted(parameters.map(({ name }) => name)),
    gives: sorted(good.flatMap(([, { content }]) => fieldsIn(content))),
  };
}

/** All of the contract. */
export const OPERATIONS: readonly Operation[] = ROUTES.map(operationOf);
