import type { operations } from '../../web/src/api/contract';

type OperationId = keyof operations;
type Responses<Id extends OperationId> = operations[Id]['responses'];

type Present<Parameters> = {
  [Place in keyof Parameters as Parameters[Place] extends undefined ? never : Place]: Parameters[Place];
};
/** What goes into the path, the query and the headers, as far as the operation has any. */
type Places<Id extends OperationId> = Present<operations[Id]['parameters']>;

interface Json<Body> {
  readonly content: { readonly 'application/json': Body };
}
type BodyOf<Id extends OperationId> = operations[Id] extends { readonly requestBody: Json<infer Body> }
  ? { body: Body }
  : operations[Id] extends { readonly requestBody?: Json<infer Body> }
    ? { body?: Body }
    : never;

type RequestOf<Id extends OperationId> = operations[Id] extends { readonly requestBody?: never }
  ? object extends Places<Id>
    ? [Places<Id>?]
    : [Places<Id>]
  : [Places<Id> & BodyOf<Id>];

/** What is always a stream, as its events. Of a 204 there is nothing to read. */
type Read<Response> = Response extends { readonly content: infer Content }
  ? keyof Content extends 'text/event-stream'
    ? AsyncIterable<Content[keyof Content]>
    : Content[keyof Content]
  : unknown;

export type EventOf<Id extends OperationId> = AnswerOf<Id> extends AsyncIterable<infer Event> ? Event : never;

type GoodStatus = 200 | 201 | 202 | 204;
type AnswerOf<Id extends OperationId> = Read<Responses<Id>[GoodStatus & keyof Responses<Id>]>;

/**
 * Every operation of the contract by its `operationId`, so that a client without one of them does not compile. A refusal is thrown as a
 * `Refusal`.
 */
export type Calls = {
  readonly [Id in OperationId]: (...request: RequestOf<Id>) => Promise<AnswerOf<Id>>;
};

interface Access {
  readonly url: string;
  /** An access token or an API key. */
  readonly token?: string;
  readonly fetch: typeof fetch;
}

/** What `calls.ts` beside each generated client exports as `callsOf`. */
export type CallsOf = (access: Access) => Calls;

/** Why a call was refused: the body that the generated client found. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(readonly body: unknown) {
    super(JSON.stringify(body));
  }
}
