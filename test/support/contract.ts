import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import contract from '../../docs/openapi.json';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly pattern: RegExp;
  readonly responses: Record<string, { readonly content?: Record<string, unknown> }>;
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

const ajv = addFormats(new Ajv2020({ strict: false }));
ajv.addSchema(contract, 'contract');

const operations: Operation[] = Object.entries(contract.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, { responses }]) => ({
    method: method.toUpperCase(),
    path,
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    responses: responses as Operation['responses'],
  })),
);

const literalSteps = ({ path }: Operation) => path.split('/').filter((step) => !step.startsWith('{')).length;

/** The operation that a request meets: of several patterns, the one that names more of the path. */
export function findOperation(method: string, path: string): Operation | undefined {
  return operations
    .filter((operation) => operation.method === method && operation.pattern.test(path))
    .sort((a, b) => literalSteps(b) - literalSteps(a))[0];
}

/** @throws Error – the published contract does not know this answer of this operation. */
export function checkAnswer({ method, path, status, contentType, body }: Answer): void {
  const operation = findOperation(method, path);
  if (!operation || EVERYWHERE.includes(status)) return;
  const response = operation.responses[status];
  const where = `${method} ${operation.path} ${status}`;
  if (!response) throw new Error(`${where}: the contract does not list this status`);
  if (contentType === null && !response.content) return;
  const type = contentType?.split(';')[0] ?? 'nothing';
  if (!response.content?.[type]) throw new Error(`${where}: the contract does not list ${type}`);
  if (!type.endsWith('json')) return;
  const validate = validatorOf(operation, status, type);
  if (!validate(body)) throw new Error(`${where}: ${ajv.errorsText(validate.errors)}`);
}

/** Of the data of one event of a stream. */
export function checkEvent(operation: Operation, data: unknown): void {
  const validate = validatorOf(operation, 200, 'text/event-stream');
  if (!validate(data)) throw new Error(`${operation.path}: ${ajv.errorsText(validate.errors)}`);
}

function validatorOf({ method, path }: Operation, status: number, type: string): ValidateFunction {
  const steps = ['paths', path, method.toLowerCase(), 'responses', String(status), 'content', type, 'schema'];
  const pointer = steps
    .map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/');
  const reference = `contract#/${pointer}`;
  return ajv.getSchema(reference) ?? ajv.compile({ $ref: reference });
}
