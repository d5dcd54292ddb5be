import type { ReceivedAnswer, SentCall } from './sent-call';

/** All that is needed to do it again, but for the token. */
export function describeCall(
  { call, url, headers, body, fault }: SentCall,
  answer: ReceivedAnswer | null,
  { message }: Error,
): string {
  const { operation, who, method } = call;
  const { Authorization: _, ...others } = headers;
  const lines = [
    `${operation.operationId} by ${who}${fault === null ? '' : `, with ${fault}`}`,
    `${method} ${url} ${JSON.stringify(others)}`,
    ...(body === undefined ? [] : [body instanceof Uint8Array ? Buffer.from(body).toString('latin1') : body]),
    answer ? `${answer.status} ${answer.headers['content-type'] ?? ''} ${answer.text}` : 'no answer',
    message,
  ];
  return lines.map((line) => line.slice(0, 600)).join('\n');
}
