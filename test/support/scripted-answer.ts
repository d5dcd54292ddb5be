import type { ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';

/** `left`: the client closed the connection first. */
export type CallEnd = 'answered' | 'cut' | 'left';

interface CompletionUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

export const USAGE: CompletionUsage = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };

/** One answer as an OpenAI-compatible provider streams it. Each call of a method is at once on its way. */
export class ScriptedAnswer {
  readonly ended: Promise<CallEnd>;
  private wasCut = false;

  constructor(private readonly response: ServerResponse) {
    this.ended = new Promise((resolve) => {
      response.on('close', () =>
        resolve(this.wasCut ? 'cut' : response.writableFinished ? 'answered' : 'left'),
      );
    });
  }

  /** Text and its proper end. */
  whole(...texts: readonly string[]): void {
    this.text(...texts);
    this.finish();
    this.usage();
    this.done();
  }

  /** One chunk each. */
  text(...texts: readonly string[]): void {
    for (const content of texts)
      this.chunk({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
  }

  finish(reason = 'stop'): void {
    this.chunk({ choices: [{ index: 0, delta: {}, finish_reason: reason }] });
  }

  usage(usage: CompletionUsage = USAGE): void {
    this.chunk({ choices: [], usage });
  }

  done(): void {
    this.write('data: [DONE]\n\n');
  }

  /** One event with any JSON in it. */
  chunk(data: unknown): void {
    this.write(event(data));
  }

  /** Bytes as they are, well formed or not. */
  write(bytes: string | Uint8Array): void {
    if (this.response.destroyed) return;
    this.headers();
    this.response.write(bytes);
  }

  /** One byte at a time, and so inside the characters too. */
  async drip(text: string): Promise<void> {
    for (const byte of Buffer.from(event({ choices: [{ index: 0, delta: { content: text } }] }))) {
      this.write(Uint8Array.of(byte));
      await setImmediate(); // else all of them would travel together
    }
  }

  /** All of an answer that is not streamed. */
  completion(...texts: readonly string[]): void {
    const message = { role: 'assistant', content: texts.join('') };
    const choices = [{ index: 0, message, finish_reason: 'stop' }];
    const head = { id: 'chatcmpl-scripted', object: 'chat.completion', created: 1, model: 'scripted' };
    this.json({ ...head, choices, usage: USAGE });
  }

  /** An answer that is any JSON. */
  json(data: unknown): void {
    this.response.writeHead(200, { 'content-type': 'application/json' });
    this.response.end(JSON.stringify(data));
  }

  /** The beginning of an answer, without any of it. */
  headers(): void {
    if (this.response.headersSent) return;
    this.response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  }

  /** An answer other than 200. */
  refuse(
    status: number,
    message = 'The script refuses.',
    headers: Readonly<Record<string, string>> = {},
  ): void {
    this.response.writeHead(status, { 'content-type': 'application/json', ...headers });
    this.response.end(JSON.stringify({ error: { message, type: 'scripted', code: null } }));
  }

  /** Drops the connection, before the headers or after. A client may lose what it has received and not yet read. */
  async cut(): Promise<void> {
    await setImmediate(); // else what was just written would not leave
    this.wasCut = true;
    this.response.destroy();
  }

  /** Waits until the client has gone; nothing more comes. */
  async hang(): Promise<void> {
    await this.ended;
  }

  /** Ends the body where it stands. */
  end(): void {
    if (!this.response.writableEnded) this.response.end();
  }
}

const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;
