import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { randomUUID } from 'node:crypto';
import { DomainError, PROBLEMS } from '../errors/domain-error';
import { toProblem } from '../errors/problem';

/** Answers what Node's parser refuses before there is a request (broken or too large headers) as a problem as well. */
export function answerClientErrors(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const requestId = randomUUID();
    const problem = toProblem(fromParser(error), requestId);
    const body = JSON.stringify(problem);
    socket.end(
      [
        `HTTP/1.1 ${problem.status} ${problem.title}`,
        'Connection: close',
        'Content-Type: application/problem+json; charset=utf-8',
        `Content-Length: ${Buffer.byteLength(body)}`,
        `X-Request-Id: ${requestId}`,
        'X-Content-Type-Options: nosniff',
        '',
        body,
      ].join('\r\n'),
    );
  });
}

function fromParser({ code }: NodeJS.ErrnoException): DomainError {
  return code === 'HPE_HEADER_OVERFLOW'
    ? new DomainError('request_headers_too_large', `${PROBLEMS.request_headers_too_large.title}.`)
    : new DomainError('malformed_request', 'The request is not valid HTTP.');
}
