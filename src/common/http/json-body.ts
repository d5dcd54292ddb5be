import { json, type Request, type RequestHandler } from 'express';
import { isUtf8 } from 'node:buffer';
import { DomainError } from '../errors/domain-error';
import { isStorable } from '../validation/storable';

const MAX_DEPTH = 32;

/** What a body may be. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** Members and items in all. */
  readonly maxValues: number;
  /** Whether members may have the names that every object has. They must not where class-transformer reads them (`isUnseen`). */
  readonly anyName: boolean;
}

/** Far more than any route takes, and few enough that checking them takes no time. */
const USUAL: BodyLimits = { maxBytes: 100 * 1024, maxValues: 1_000, anyName: false };

/**
 * Reads a JSON body: UTF-8, an object, at most 100 KB and 32 levels deep unless told otherwise, and in its texts neither NUL
 * (Postgres cannot store it) nor half a surrogate pair (UTF-8 cannot carry it). It has at most 1,000 values.
 */
export function jsonBody(limits: BodyLimits = USUAL): RequestHandler {
  const read = json({ limit: limits.maxBytes, type: isJson, verify: refuseOtherEncodings });
  return (request, response, next) => {
    if (hasBody(request) && !isJson(request)) return next(unsupported());
    read(request, response, (error?: unknown) => next(error ?? faultInBodyOf(request, limits) ?? undefined));
  };
}

const hasBody = ({ headers }: Request): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

function isJson(request: { headers: Request['headers'] }): boolean {
  const [type, ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((part) => part.trim()).find((part) => part.startsWith('charset='));
  return type?.trim() === 'application/json' && /^(charset="?utf-?8"?)?$/.test(charset ?? '');
}

function refuseOtherEncodings(_request: unknown, _response: unknown, body: Buffer): void {
  if (!isUtf8(body)) throw new DomainError('malformed_request', 'The body is not valid UTF-8.');
}

const unsupported = () =>
  new DomainError('unsupported_media_type', 'The body must be application/json in UTF-8.');

function faultInBodyOf(request: Request, limits: BodyLimits): DomainError | null {
  const body: unknown = request.body;
  return body === undefined ? null : faultIn(body, limits);
}

/** What nothing takes in a parsed body; null: there is none. Whether its members are right is another question. */
export function faultIn(body: unknown, limits: BodyLimits = USUAL): DomainError | null {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return invalid([], 'not_an_object', 'The body must be a JSON object.');
  return findFault(body, [], { ...limits, left: limits.maxValues });
}

type Steps = readonly string[];

const invalid = (steps: Steps, code: string, message: string) => {
  const path = steps.map((step) => `/${toPointerToken(step)}`).join('');
  return new DomainError('validation_failed', message, { errors: [{ path, code, message }] });
};

/** The first thing in a parsed body that no route takes. Its recursion ends with `MAX_DEPTH`. `steps` are those that lead to the value. */
function findFault(
  value: unknown,
  steps: string[],
  limits: BodyLimits & { left: number },
): DomainError | null {
  if (typeof value === 'string') return isStorable(value) ? null : unstorable(steps);
  if (typeof value !== 'object' || value === null) return null;
  if (steps.length >= MAX_DEPTH)
    return new DomainError('malformed_request', `The body is nested more than ${MAX_DEPTH} levels deep.`);
  for (const key of Object.keys(value)) {
    if (limits.left-- === 0)
      return new DomainError('malformed_request', `The body has more than ${limits.maxValues} values.`);
    if (!isStorable(key)) return unstorable(steps);
    steps.push(key);
    if (!limits.anyName && isUnseen(key)) return invalid(steps, 'unknown_field', 'This name is not allowed.');
    const fault = findFault((value as Record<string, unknown>)[key], steps, limits);
    if (fault) return fault;
    steps.pop();
  }
  return null;
}

const unstorable = (steps: Steps) =>
  invalid(steps, 'not_text', 'Text must have neither NUL characters nor halves of surrogate pairs.');

/**
 * Names that every object has (`__proto__`, `constructor`, `toString`): class-transformer leaves members of such a name out
 * without a word, so that no check that comes after it would see them.
 */
export const isUnseen = (name: string): boolean => name in Object.prototype;

/** A name as a step of a JSON pointer (RFC 6901). */
export const toPointerToken = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
