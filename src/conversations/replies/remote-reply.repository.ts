import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { MessageInTree } from '../message.entity';
import { READ_ENDED, READ_RUNNING } from './reply.sql';

/** How long a look keeps the writer storing the text more often; looks come four times a second. */
const WATCHED_SECONDS = 5;

/** What has happened to a reply since the last look. */
export interface RemoteNews {
  readonly replyId: string;
  readonly running: boolean;
  /** Behind what was known. */
  readonly text: string;
}

/** Running replies as seen from a replica that does not write them. Whose they are was asked before. */
@Injectable()
export class RemoteReplyRepository {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Of each reply what is behind its first `known` UTF-16 units, an end that the writer stored earlier; none of those without news. */
  newsOf(replies: readonly { readonly replyId: string; readonly known: number }[]): Promise<RemoteNews[]> {
    return this.database.query<RemoteNews[]>(READ_RUNNING, [
      replies.map(({ replyId }) => replyId),
      replies.map(({ known }) => known),
      WATCHED_SECONDS,
    ]);
  }

  /** In no order; those that are gone are left out. */
  find(replyIds: readonly string[]): Promise<MessageInTree[]> {
    return this.database.query<MessageInTree[]>(READ_ENDED, [replyIds]);
  }
}
