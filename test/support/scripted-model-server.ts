import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { ScriptedAnswer, type CallEnd } from './scripted-answer';

/** What the server does with a call. When it returns, the answer ends where it stands. */
export type AnswerScript = (answer: ScriptedAnswer, call: ModelCall) => void | Promise<void>;

export interface ModelCall {
  readonly headers: IncomingMessage['headers'];
  readonly body: CompletionBody;
  /** Content of the last message. */
  readonly question: string;
  readonly ended: Promise<CallEnd>;
}

interface CompletionBody {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
}

/** An OpenAI-compatible provider whose every answer, good or broken, is written by the test. */
export class ScriptedModelServer {
  /** As `LLM_BASE_URL` takes it. */
  readonly url: string;
  /** Oldest first. */
  readonly calls: ModelCall[] = [];
  private readonly scripts = new Map<string, AnswerScript>();
  private otherwise: AnswerScript = (answer, { question, body }) =>
    body.stream === true ? answer.whole(`You said: ${question}`) : answer.completion(`You said: ${question}`);

  private constructor(private readonly server: Server) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.take(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  static async start(): Promise<ScriptedModelServer> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new ScriptedModelServer(server);
  }

  /** How calls with this question are answered. */
  answer(question: string, script: AnswerScript): this {
    this.scripts.set(question, script);
    return this;
  }

  /** How all other calls are answered; until then by a whole answer that repeats the question. */
  answerAll(script: AnswerScript): this {
    this.otherwise = script;
    return this;
  }

  /** Cuts what is still going on. */
  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = new ScriptedAnswer(response);
    if (request.method !== 'POST' || request.url !== '/v1/chat/completions') return answer.refuse(404);
    const body = (await json(request)) as CompletionBody;
    const question = body.messages.at(-1)?.content ?? '';
    const call = { headers: request.headers, body, question, ended: answer.ended };
    this.calls.push(call);
    await (this.scripts.get(question) ?? this.otherwise)(answer, call);
    answer.end();
  }
}
