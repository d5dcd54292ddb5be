import { mayCall } from './call';
import { checkHeaders } from './contract-headers';
import { checkAnswer, checkEvent, methodsAt } from './contract';
import type { Told } from './person';
import { BAD_MODEL } from './schema-values';
import type { ReceivedAnswer, SentCall } from './sent-call';

/** What the schemas cannot say, and the descriptions do. */
const IN_WORDS = new RegExp(
  [
    '^usageReport query[.](from|to)$', // their order, and how far apart they are
    '^authRefresh /refreshToken$', // needed where there is no cookie
    '^auth(Register|Login) /username$', // as it is after normalisation; no hidden characters
    '^(authRegister /password|passwordsChange /newPassword)$', // none of the commonest
    '^apiKeysCreate /expiresAt$', // in the future
    '^conversations(Create|Change) /metadata/(__proto__|constructor|toString|valueOf|hasOwnProperty)$', // names that every object has
    '^completionsCreate messages\\[\\d+\\][.]content', // text in parts of text; absent by role
    '^(message(s|Streams)Send /content|questionsAsk /question)$', // by configuration
  ].join('|'),
);

/** @throws Error – the document does not know such an answer, or does not allow it to such a call. */
export function judge(
  { call, url, body: sent, fault }: SentCall,
  { status, headers, text }: ReceivedAnswer,
): Told {
  const [path] = url.split('?') as [string];
  const contentType = headers['content-type'] ?? null;
  const body = parse(text, contentType);
  const failsOnPurpose = String(sent).includes(BAD_MODEL) && [502, 503, 504].includes(status);
  if (status >= 500 && !failsOnPurpose) throw new Error('The server failed.');
  checkHeaders(call.operation, status, headers);
  checkAnswer({ method: call.method, path, status, contentType, body });
  if (contentType?.startsWith('text/event-stream'))
    eventsOf(text).forEach((event) => checkEvent(call.operation, event));
  const allow = methodsAt(path);
  if (!allow.includes(call.method) && (status !== 405 || headers.allow !== allow.join(', ')))
    throw new Error(`It should be 405, and Allow ${allow.join(', ')}.`);
  if (fault !== null && status < 400) throw new Error(`It has ${fault}, and is taken.`);
  if (!mayCall(call.who, call.operation) && status < 400) throw new Error('It lets in who may not.');
  const unknown = faultsIn(body as ErrorBody).filter(
    (at) => !IN_WORDS.test(`${call.operation.operationId} ${at}`),
  );
  if (fault === null && unknown.length > 0) throw new Error('It is as the document has it, and refused.');
  return body as Told;
}

interface ErrorBody {
  readonly errors?: readonly { readonly path: string }[];
  readonly error?: { readonly code?: string; readonly param?: string | null };
}

/** Where something is not valid, by a problem or by OpenAI's envelope. */
const faultsIn = ({ errors = [], error }: ErrorBody): string[] => [
  ...errors.map(({ path }) => path),
  ...(error?.code === 'validation_failed' ? [error.param ?? ''] : []),
];

function parse(text: string, contentType: string | null): unknown {
  return /[/+]json\b/.test(contentType ?? '') ? JSON.parse(text) : text;
}

/** The data of each, but for what OpenAI's streams end with. */
const eventsOf = (text: string): unknown[] =>
  Array.from(text.matchAll(/^data: (.+)$/gm), ([, data]) => data!)
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data) as unknown);
