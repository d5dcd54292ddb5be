import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Of one hop alone; without them a request asks for no upgrade. */
const DROPPED = /^(connection|upgrade|http2-settings|keep-alive)$/i;

/**
 * Has a request that asked for an upgrade answered as if it had not: whoever is asked may pass the wish over (RFC 9110, section
 * 7.8). Once somebody listens for upgrades, Node hands over every request that wishes for one, `h2c` of Java's client included.
 *
 * @param head what has been read after the headers: the beginning of a body.
 * @param close whether the connection ends with the answer.
 */
export function handBack(
  server: Server,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  close: boolean,
): void {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let n = 0; n < rawHeaders.length; n += 2)
    if (!DROPPED.test(rawHeaders[n]!)) lines.push(`${rawHeaders[n]}: ${rawHeaders[n + 1]}`);
  if (close || /\bclose\b/i.test(request.headers.connection ?? '')) lines.push('Connection: close');
  if (head.length > 0) socket.unshift(head);
  socket.unshift(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
  server.emit('connection', socket);
}
