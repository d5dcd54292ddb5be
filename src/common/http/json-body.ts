import { json, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { isUtf8 } from 'node:buffer';
import { DomainError } from '../errors/domain-error';
import { isStorable } from '../validation/storable';

const MAX_BODY_BYTES = 100 * 1024;
const MAX_DEPTH = 32;
/** Members and items in all: far more than any route takes, and few enough that checking them takes no time. */
const MAX_VALUES = 1_000;

/**
 * Reads a JSON body: UTF-8, an object, at most 100 KB and 32 levels deep, and in its texts neither NUL (Postgres cannot
 * store it) nor half a surrogate pair (UTF-8 cannot carry it). It has at most 1,000 values.
 */
export function jsonBody(): RequestHandler {
  const read = json({ limit: MAX_BODY_BYTES, type: isJson, verify: refuseOtherEncodings });
  return (request, response, next) => {
    if (hasBody(request) && !isJson(request)) return next(unsupported());
    read(request, response, (error?: unknown) => (error ? next(error) : checkBody(request, response, next)));
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

function checkBody(request: Request, _response: Response, next: NextFunction): void {
  const body: unknown = request.body;
  if (body === undefined) return next();
  next(faultIn(body) ?? undefined);
}

/** What nothing takes in a parsed body; null: there is none. Whether its members are right is another question. */
export function faultIn(body: unknown): DomainError | null {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return invalid('', 'not_an_object', 'The body must be a JSON object.');
  return findFault(body, '', 1, { left: MAX_VALUES });
}

const invalid = (path: string, code: string, message: string) =>
  new DomainError('validation_failed', message, { errors: [{ path, code, message }] });

/** The first thing in a parsed body that no route takes. Its recursion ends with `MAX_DEPTH`. */
function findFault(
  value: unknown,
  path: string,
  depth: number,
  values: { left: number },
): DomainError | null {
  if (typeof value === 'string') return isStorable(value) ? null : unstorable(path);
  if (typeof value !== 'object' || value === null) return null;
  if (depth > MAX_DEPTH) {
    return new DomainError('malformed_request', `The body is nested more than ${MAX_DEPTH} levels deep.`);
  }
  for (const [key, member] of Object.entries(value)) {
    if (values.left-- === 0)
      return new DomainError('malformed_request', `The body has more than ${MAX_VALUES} values.`);
    if (!isStorable(key)) return unstorable(path);
    const memberPath = `${path}/${toPointerToken(key)}`;
    if (isUnseen(key)) return invalid(memberPath, 'unknown_field', 'This name is not allowed.');
    const fault = findFault(member, memberPath, depth + 1, values);
    if (fault) return fault;
  }
  return null;
}

const unstorable = (path: string) =>
  invalid(path, 'not_text', 'Text must have neither NUL characters nor halves of surrogate pairs.');

/**
 * Names that every object has (`__proto__`, `constructor`, `toString`): class-transformer leaves members of such a name out
 * without a word, so that no check that comes after it would see them.
 */
export const isUnseen = (name: string): boolean => name in Object.prototype;

/** A name as a step of a JSON pointer (RFC 6901). */
export const toPointerToken = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
