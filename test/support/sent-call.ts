import {
  Agent,
  request,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { text } from 'node:stream/consumers';
import { bodyFaultOf } from './body-fault';
import { isStranger, type Call } from './call';
import type { Cast } from './cast';
import type { Person, Place, Told } from './person';
import { Borrowed } from './schema-values';

/** A call with all that it has borrowed, as it goes out. */
export interface SentCall {
  readonly call: Call;
  readonly person: Person;
  /** Where its ids are from; undefined: it names none of a conversation. */
  readonly place: Place | undefined;
  /** With the query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  /** What is wrong with it, so that nobody may get what it asks for. Null: nothing that the document knows of. */
  readonly fault: string | null;
}

export interface ReceivedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Puts in what the call borrows from whoever it is made by, or from somebody else. */
export async function prepare(call: Call, cast: Cast): Promise<SentCall> {
  const { operation, who, raw } = call;
  const person = await cast.person(who, call.person);
  const other = await cast.person(person.role === 'member' ? 'guest' : 'member', call.person);
  const placeOf = ({ places }: Person) => places[call.person % places.length];
  const place = operation.path.startsWith('/api/v1/conversations/') ? placeOf(person) : undefined;
  const lent = withLoans((loan) => {
    const [lender, at] = loan.isForeign ? [other, placeOf(other)] : [person, place];
    return lender.lend(loan, at, operation.operationId);
  });
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_gap, name: string) => encode(lent(call.gaps[name])));
  const query = call.query
    .map(([name, value]) => [name, lent(value)] as const)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`);
  const given = lent(call.body);
  const body = raw ?? (given === undefined ? undefined : JSON.stringify(given));
  return {
    ...{ call, person, place, body },
    fault: call.fault ?? bodyFaultOf(operation, given),
    url: [path, query.join('&')].filter(Boolean).join('?'),
    headers: headersOf(call, cast.tokenOf(who, person), body),
  };
}

/** A copy in which something stands for all that is borrowed. */
function withLoans(lend: (loan: Borrowed) => unknown): (value: unknown) => unknown {
  return function lent(value: unknown): unknown {
    if (value instanceof Borrowed) return lend(value);
    if (Array.isArray(value)) return value.map(lent);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, lent(member)]));
  };
}

function headersOf({ headers }: Call, token: string | null, body: SentCall['body']): SentCall['headers'] {
  const length = body === undefined ? null : String(Buffer.byteLength(body));
  return {
    ...(token !== null && { Authorization: `Bearer ${token}` }),
    ...(length !== null && { 'Content-Type': 'application/json', 'Content-Length': length }),
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, inHeader(value)])),
  };
}

/** Without what Node does not send. */
const inHeader = (value: unknown) => String(value).replace(/[^\x20-\x7e\xa0-\xff]/g, '');

const encode = (value: unknown) => encodeURIComponent(String(value));

/** Over connections that are kept. */
export class Sender {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(private readonly baseUrl: string) {}

  /** Once more, if a connection that was kept turns out to have been closed in the meantime. */
  async send(sent: SentCall): Promise<ReceivedAnswer> {
    const outgoing = this.request(sent);
    try {
      return await answerTo(outgoing, sent.body);
    } catch (error) {
      if (!outgoing.reusedSocket || (error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
      return answerTo(this.request(sent), sent.body);
    }
  }

  close(): void {
    this.agent.destroy();
  }

  private request({ call: { method }, url, headers }: SentCall): ClientRequest {
    return request(this.baseUrl + url, { method, headers, agent: this.agent });
  }
}

async function answerTo(outgoing: ClientRequest, body: SentCall['body']): Promise<ReceivedAnswer> {
  const answered = new Promise<IncomingMessage>((resolve, reject) =>
    outgoing.on('response', resolve).on('error', reject),
  );
  outgoing.end(body);
  const incoming = await answered;
  return { status: incoming.statusCode!, headers: incoming.headers, text: await text(incoming) };
}

/** What whoever has called knows from the answer. */
export function learnFrom({ call, person, place, body }: SentCall, status: number, told: Told): void {
  const { operationId } = call.operation;
  const isLost = status === 404 && Object.values(call.gaps).every((gap) => gap instanceof Borrowed);
  if (isLost && call.fault === null) person.leave(place);
  if (operationId === 'passwordsChange' && status === 204)
    person.changePassword((JSON.parse(String(body)) as { newPassword: string }).newPassword);
  if (!isStranger(call.who)) person.learn(operationId, status, told);
}
