import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { Request } from 'express';
import { createHash } from 'node:crypto';
import stringify from 'safe-stable-stringify';
import { validationFailed } from '../common/errors/domain-error';

/** A request that is to be done once, however often it is sent. */
export interface KeyedRequest {
  readonly key: string;
  /** SHA-256 of the route and the body: another request with the same key is a mistake. */
  readonly hash: Buffer;
  /** It was taken for a replay, and so not counted as a send. */
  readonly isUncounted?: boolean;
}

const uncounted = new WeakSet<Request>();

/** Remembers that a request was not counted as a send, since its key was known. */
export const noteUncounted = (request: Request): void => void uncounted.add(request);

/** What a key looks like. */
export const KEY_FORM = /^[\x21-\x7e]{1,255}$/;

/**
 * The key of a request, where it counts. Null: there is none, or the request is one of `/v1` that keeps nothing, and so has nothing
 * to give again.
 *
 * @throws DomainError `validation_failed` – the key is none.
 */
export function keyOf(request: Request): string | null {
  const key = request.get('idempotency-key');
  if (key === undefined) return null;
  if (!KEY_FORM.test(key)) {
    const message = 'must be 1 to 255 visible ASCII characters';
    throw validationFailed([{ path: 'header.Idempotency-Key', code: 'idempotency_key', message }]);
  }
  return keepsItsOutcome(request) ? key : null;
}

function keepsItsOutcome({ path, body }: Request): boolean {
  return !/^\/v1\//i.test(path) || (body as { store?: unknown } | undefined)?.store === true;
}

/** @throws DomainError `validation_failed` – the key is none. */
function keyedRequestOf(request: Request): KeyedRequest | null {
  const key = keyOf(request);
  if (key === null) return null;
  const { method, path } = request;
  const hash = hashOf(`${method} ${path.toLowerCase()}`, (request.body as object | undefined) ?? {});
  return { key, hash, isUncounted: uncounted.has(request) };
}

/** A request that is no HTTP request. `key` has the form of one, or is undefined. */
export const keyedRequestFor = (key: string | undefined, route: string, body: object): KeyedRequest | null =>
  key === undefined ? null : { key, hash: hashOf(route, body) };

/** Two bodies are the same when they say the same, in whatever order. */
const hashOf = (route: string, body: object): Buffer =>
  createHash('sha256')
    .update(`${route}\n${stringify(body)}`)
    .digest();

/** The key of the request and what it covers; null: it has none. */
export const Keyed = createParamDecorator((_: unknown, context: ExecutionContext): KeyedRequest | null =>
  keyedRequestOf(context.switchToHttp().getRequest<Request>()),
);

/** Documents that a call may be sent twice. */
export const ApiIdempotencyKey = () =>
  ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description:
      'Kept for 24 hours: the same request with the same key gets the first outcome again, with `Idempotency-Replayed: true`',
    schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
  });
