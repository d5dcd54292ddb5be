import type { MessageResponse } from '../../src/conversations/message.dto';
import type { Client } from './client';
import type { EventStream, StreamedEvent } from './event-stream';

/** How often a reader tries again to reach anybody, and how long it waits in between. */
const TRIES = 200;
const BETWEEN_TRIES_MS = 50;

/** A question, and a reader of its reply who rejoins wherever the stream broke off, as a client is meant to. */
export class FollowedReply {
  /** The joined deltas. */
  text = '';
  /** How often the stream ended before the reply did. */
  rejoins = 0;
  private lastId = 0;

  private constructor(
    readonly conversationId: string,
    readonly replyId: string,
    readonly question: string,
    private stream: AsyncGenerator<StreamedEvent, void>,
  ) {}

  /** Asks in a conversation of its own. The reply is committed when this resolves. */
  static async ask(client: Client, question: string): Promise<FollowedReply> {
    const { id } = await client.conversation();
    const stream = (await client.ask(id, question))[Symbol.asyncIterator]();
    const created = await stream.next();
    if (created.done) throw new Error('The stream had no events.');
    const { reply } = created.value.data as unknown as { reply: MessageResponse };
    return new FollowedReply(id, reply.id, question, stream);
  }

  /** Reads until there is so much text. */
  async until(length: number): Promise<this> {
    while (this.text.length < length) {
      const next = await this.stream.next();
      if (next.done) throw new Error(`The stream ended after ${JSON.stringify(this.text)}`);
      this.take(next.value);
    }
    return this;
  }

  /** Reads to the end, by way of `client` once the first stream has ended; the reply as its last event has it. */
  async toEnd(client: Client): Promise<MessageResponse> {
    for (let tries = 0; tries < TRIES; tries++) {
      const message = await this.readOn().catch(() => null);
      if (message) return message;
      this.rejoins += 1;
      const rejoined: EventStream | null = await client
        .rejoin(this.conversationId, this.replyId, this.lastId)
        .catch(() => null);
      if (rejoined) this.stream = rejoined[Symbol.asyncIterator]();
      else await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_MS));
    }
    throw new Error(`Nobody ends the reply to ${JSON.stringify(this.question)}`);
  }

  /** Null: the stream ended, and the reply has not. */
  private async readOn(): Promise<MessageResponse | null> {
    for (;;) {
      const next = await this.stream.next();
      if (next.done) return null;
      const ended = this.take(next.value);
      if (ended) return ended;
    }
  }

  private take({ type, id, data }: StreamedEvent): MessageResponse | null {
    if (type === 'message.delta') this.text += data.delta as string;
    this.lastId = id ?? this.lastId;
    return /^message\.(completed|failed|cancelled)$/.test(type) ? (data.message as MessageResponse) : null;
  }
}
