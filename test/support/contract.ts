import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import contract from '../../docs/openapi.json';
import { noteReached } from './reached-statuses';

/** A JSON Schema, as far as the document uses it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
  readonly pattern?: string;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface DocumentedHeader {
  readonly $ref?: string;
  readonly required?: boolean;
}

interface DocumentedResponse {
  readonly description: string;
  readonly headers?: Readonly<Record<string, DocumentedHeader>>;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

export interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly pattern: RegExp;
  readonly parameters: readonly Parameter[];
  /** Of the JSON body; undefined: it takes none. */
  readonly body: Schema | undefined;
  readonly needsBody: boolean;
  readonly responses: Readonly<Record<string, DocumentedResponse>>;
}

export interface Answer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly contentType: string | null;
  readonly body: unknown;
}

/** Described once for all operations, in the document's introduction. */
const EVERYWHERE = [405, 406, 413, 415, 431];

/** What is not documented there goes to the provider, and comes back as it is. */
const PASSED_THROUGH =
  /^(CompletionResponse|CompletionChunkResponse|CompletionUsageResponse|CompletionMessageDto|CreateCompletionDto|StreamOptionsDto)$/;

const ajv = addFormats(new Ajv2020({ strict: false }));
ajv.addSchema(closed(contract) as object, 'contract');

interface OperationObject extends Pick<Operation, 'operationId' | 'responses'> {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
}

const paths = contract.paths as unknown as Readonly<
  Record<string, Readonly<Record<string, OperationObject>>>
>;

export const OPERATIONS: readonly Operation[] = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, { operationId, parameters = [], requestBody, responses }]) => ({
    operationId,
    method: method.toUpperCase(),
    path,
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    parameters,
    body: requestBody?.content['application/json']!.schema,
    needsBody: requestBody?.required === true,
    responses,
  })),
);

const literalSteps = ({ path }: Operation) => path.split('/').filter((step) => !step.startsWith('{')).length;

/** The operation that a request meets: of several patterns, the one that names more of the path. */
export function findOperation(method: string, path: string): Operation | undefined {
  return OPERATIONS.filter((operation) => operation.method === method && operation.pattern.test(path)).sort(
    (a, b) => literalSteps(b) - literalSteps(a),
  )[0];
}

/** What the contract lists for this pattern, or for another one that a path of this pattern may meet. */
export const methodsOf = (path: string): string[] =>
  OPERATIONS.filter((operation) => operation.path === path || operation.pattern.test(path)).map(
    ({ method }) => method,
  );

/** As `Allow` names those of a path. */
export function methodsAt(path: string): string[] {
  const methods = new Set(OPERATIONS.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method));
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}

/** As the document has it; unknown members are refused. */
export const isValidBody = ({ method, path }: Operation, body: unknown): boolean =>
  compiled('paths', path, method.toLowerCase(), 'requestBody', 'content', 'application/json', 'schema')(body);

/** @throws Error – the published contract does not know this answer of this operation. */
export function checkAnswer({ method, path, status, contentType, body }: Answer): void {
  const operation = findOperation(method, path);
  if (!operation || EVERYWHERE.includes(status)) return;
  const response = operation.responses[status];
  const where = `${method} ${operation.path} ${status}`;
  if (!response) throw new Error(`${where}: the contract does not list this status`);
  noteReached(operation.operationId, status);
  if (contentType === null && !response.content) return;
  const type = contentType?.split(';')[0] ?? 'nothing';
  if (!response.content?.[type]) throw new Error(`${where}: the contract does not list ${type}`);
  if (!type.endsWith('json')) return;
  const validate = validatorOf(operation, status, type);
  if (!validate(body)) throw new Error(`${where}: ${ajv.errorsText(validate.errors)}`);
  checkCode(where, response, body as ErrorBody);
}

/** A problem, or an error in OpenAI's envelope. */
interface ErrorBody {
  readonly code?: string;
  readonly error?: { readonly code?: string };
}

/** The description of an error lists its codes, a line each. */
function checkCode(where: string, { description }: DocumentedResponse, body: ErrorBody): void {
  const codes = Array.from(description.matchAll(/^- `(\w+)`/gm), ([, code]) => code);
  const code = body.code ?? body.error?.code;
  if (codes.length > 0 && !codes.includes(code))
    throw new Error(`${where}: the contract does not list ${code}`);
}

/** Of the data of one event of a stream. */
export function checkEvent(operation: Operation, data: unknown): void {
  const validate = validatorOf(operation, 200, 'text/event-stream');
  if (!validate(data)) throw new Error(`${operation.path}: ${ajv.errorsText(validate.errors)}`);
}

function validatorOf({ method, path }: Operation, status: number, type: string): ValidateFunction {
  return compiled(
    'paths',
    path,
    method.toLowerCase(),
    'responses',
    String(status),
    'content',
    type,
    'schema',
  );
}

function compiled(...steps: readonly string[]): ValidateFunction {
  const pointer = steps
    .map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/');
  const reference = `contract#/${pointer}`;
  return ajv.getSchema(reference) ?? ajv.compile({ $ref: reference });
}

/** The document with its objects closed: a member that it does not name is a mistake, be it of the document or of the answer. */
function closed(value: unknown, name = ''): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => closed(item));
  const members = Object.entries(value).map(([key, member]) => [key, closed(member, key)] as const);
  const isOpen = !('properties' in value) || 'additionalProperties' in value || PASSED_THROUGH.test(name);
  return { ...Object.fromEntries(members), ...(isOpen ? {} : { additionalProperties: false }) };
}
