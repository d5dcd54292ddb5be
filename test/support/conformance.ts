import { Client } from './client';
import type { StreamedEvent } from './event-stream';
import type { PacedAnswer } from './paced-answer';
import { Replicas } from './replicas';
import type { ReplyPlace, ReplyTransport } from './reply-transports';
import { ScriptedModelServer } from './scripted-model-server';

/** Which process is spoken to: the one that writes the reply, or another one. */
export type Side = 'owner' | 'other';

/** Two processes on one database, before a model whose answers the test writes, and somebody who is known to both. */
export class ConformanceTrial {
  private constructor(
    readonly model: ScriptedModelServer,
    private readonly replicas: Replicas,
    /** The same person on either side. */
    readonly at: Readonly<Record<Side, Client>>,
  ) {}

  static async start(): Promise<ConformanceTrial> {
    const model = await ScriptedModelServer.start();
    const env = { LLM_BASE_URL: model.url, LLM_MODELS: 'scripted', REPLY_MAX_CHARS: '5000000' };
    const replicas = await Replicas.start(2, { env });
    const [here, there] = replicas.urls as [string, string];
    const owner = await Client.guest(here);
    return new ConformanceTrial(model, replicas, { owner, other: new Client(there, owner.tokens) });
  }

  async close(): Promise<void> {
    await this.replicas.close();
    await this.model.close();
  }

  /** A reply in a conversation of its own, and the events of it that follow `message.created`. */
  async begin(
    transport: ReplyTransport,
    { question }: PacedAnswer,
  ): Promise<ReplyPlace & { readonly events: AsyncIterable<StreamedEvent> }> {
    const { id: conversationId } = await this.at.owner.conversation();
    const stream = await transport.begin(this.at.owner, conversationId, question);
    const events = stream[Symbol.asyncIterator]();
    const { value } = (await events.next()) as { value: StreamedEvent };
    expect(value).toMatchObject({ type: 'message.created', id: 0, data: { message: { content: question } } });
    const { id: replyId } = value.data.reply as { id: string };
    return { conversationId, replyId, events: { [Symbol.asyncIterator]: () => events } };
  }

  /** As whoever asks for the message finds it, on either side. */
  async stored({ conversationId, replyId }: ReplyPlace): Promise<string[]> {
    const messages = [this.at.owner, this.at.other].map((client) => client.message(conversationId, replyId));
    return (await Promise.all(messages)).map(({ content }) => content);
  }
}
