import type { NextFunction, Request, Response } from 'express';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const ACCEPTED = /^[A-Za-z0-9._-]{1,128}$/;

/** The caller's own id where it is fit for a header and a log line, else a new one. */
export function chooseRequestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && ACCEPTED.test(given) ? given : randomUUID();
}

/** First of all handlers, so that whatever fails later has an id to be found by. */
export function assignRequestId(request: Request, response: Response, next: NextFunction): void {
  request.id = chooseRequestId(request);
  response.setHeader('X-Request-Id', request.id);
  next();
}

export const requestIdOf = ({ id }: Request): string => id as string;
