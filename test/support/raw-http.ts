import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Answered, ProblemBody } from './client';

export function openSocket(url: string): Socket {
  const { hostname, port } = new URL(url);
  return connect(Number(port), hostname);
}

/** Sends bytes that no HTTP client would send, and gives what comes back until the server closes the connection. */
export async function sendRaw(url: string, ...lines: readonly string[]): Promise<string> {
  const socket = openSocket(url);
  socket.write(lines.join('\r\n'), 'latin1');
  return text(socket);
}

/** The only answer in what came back. */
export function parseAnswer(received: string): Answered<ProblemBody> {
  const [head = '', ...rest] = received.split('\r\n\r\n');
  const [statusLine = '', ...fields] = head.split('\r\n');
  const pairs = fields.map((field) => /^([^:]+): (.*)$/.exec(field)!.slice(1) as [string, string]);
  return {
    status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)![1]),
    headers: new Headers(pairs),
    body: JSON.parse(rest.join('\r\n\r\n')) as ProblemBody,
  };
}
