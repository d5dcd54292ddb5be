import type { NextFunction, Request, Response } from 'express';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { randomUUID } from 'node:crypto';
import { DomainError, PROBLEMS } from '../errors/domain-error';
import { toProblem } from '../errors/problem';

/**
 * Answers what Node would answer by itself, without a word, as the rest is answered: what its parser refuses before there is a
 * request (broken or too large headers), a request without `Host`, and one that expects what nobody knows.
 */
export function answerClientErrors(server: Server): void {
  const answering = new WeakMap<Duplex, ServerResponse>();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answering.set(request.socket, response);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const answer = answering.get(socket);
    const isUnderWay = answer?.headersSent === true && !answer.writableEnded; // two answers at once would be neither
    if (error.code === 'ECONNRESET' || !socket.writable || isUnderWay) return void socket.destroy();
    refuse(socket, fromParser(error));
  });
  // RFC 9110, section 10.1.1: an expectation that is not known may be passed over.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  Object.assign(server, { requireHostHeader: false }); // `requireHost` asks for it
}

/** RFC 9112, section 3.2: HTTP/1.1 without `Host` is 400. */
export function requireHost(
  { headers, httpVersion }: Request,
  _response: Response,
  next: NextFunction,
): void {
  next(httpVersion === '1.1' && headers.host === undefined ? malformed() : undefined);
}

function refuse(socket: Duplex, error: DomainError): void {
  const requestId = randomUUID();
  const problem = toProblem(error, requestId);
  const body = JSON.stringify(problem);
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${problem.title}`,
      'Connection: close',
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${requestId}`,
      'X-Content-Type-Options: nosniff',
      'X-Frame-Options: DENY',
      'Referrer-Policy: no-referrer',
      '',
      body,
    ].join('\r\n'),
  );
}

const malformed = () => new DomainError('malformed_request', 'The request is not valid HTTP.');

function fromParser({ code }: NodeJS.ErrnoException): DomainError {
  return code === 'HPE_HEADER_OVERFLOW'
    ? new DomainError('request_headers_too_large', `${PROBLEMS.request_headers_too_large.title}.`)
    : malformed();
}
