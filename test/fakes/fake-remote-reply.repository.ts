import type { MessageInTree } from '../../src/conversations/message.entity';
import type {
  RemoteNews,
  RemoteReplyRepository,
} from '../../src/conversations/replies/remote-reply.repository';
import type { Public } from '../support/stand-in';
import type { FakeReplyRepository } from './fake-reply.repository';

/** What another process sees of the replies in memory. */
export class FakeRemoteReplyRepository implements Public<RemoteReplyRepository> {
  /** The replies of each look, oldest first. */
  readonly looks: (readonly string[])[] = [];

  constructor(private readonly replies: FakeReplyRepository) {}

  async newsOf(asked: readonly { replyId: string; known: number }[]): Promise<RemoteNews[]> {
    this.looks.push(asked.map(({ replyId }) => replyId));
    const news: RemoteNews[] = [];
    for (const { replyId, known } of asked) {
      const running = this.replies.isRunning(replyId);
      const text = (await this.replies.storedText(replyId)).slice(known);
      if (running) this.replies.watch(replyId);
      if (!running || text) news.push({ replyId, running, text });
    }
    return news;
  }

  find(replyIds: readonly string[]): Promise<MessageInTree[]> {
    return Promise.resolve(replyIds.flatMap((id) => this.replies.message(id) ?? []));
  }
}
