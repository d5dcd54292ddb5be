import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Text of a running reply, insert-only: appending to one row would rewrite the whole text every second (docs/reply-engine.md). */
@Entity('reply_chunks')
export class ReplyChunk {
  /** `generations.reply_id` */
  @PrimaryColumn({ type: 'uuid', name: 'reply_id' })
  readonly replyId!: string;

  /** UTF-16 length of the reply's text up to and including this chunk. */
  @PrimaryColumn({ type: 'int' })
  readonly end16!: number;

  @Column({ type: 'text' })
  readonly text!: string;
}
