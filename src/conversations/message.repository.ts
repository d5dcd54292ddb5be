import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { toPage, type Page, type PageRequest } from '../common/paging/page';
import type { MessageInTree } from './message.entity';
import { JOIN_RUNNING, MESSAGE_IN_TREE } from './message.sql';

@Injectable()
export class MessageRepository {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Null when there is none or it is someone else's: the caller cannot tell which. */
  async findOwned(userId: string, conversationId: string, id: string): Promise<MessageInTree | null> {
    const [message] = await this.database.query<MessageInTree[]>(
      `select ${MESSAGE_IN_TREE} from messages m ${JOIN_RUNNING}
       where m.id = $3 and m.conversation_id = $2 and m.user_id = $1`,
      [userId, conversationId, id],
    );
    return message ?? null;
  }

  /** As `findOwned`, whatever the conversation. */
  async findAnywhereOwned(userId: string, id: string): Promise<MessageInTree | null> {
    const [message] = await this.someOwned(userId, [id]);
    return message ?? null;
  }

  /**
   * The end of the branch that runs through a message and on through the newest child. Null: no such message of that user.
   * A step for each run that the branch goes through, that is for each edit, not for each message.
   */
  async findLeafOwned(userId: string, conversationId: string, id: string): Promise<string | null> {
    const [leaf] = await this.database.query<{ id: string }[]>(
      `with recursive branch as (
         select branch_id, depth from messages where id = $3 and conversation_id = $2 and user_id = $1
         union all
         select fork.branch_id, fork.depth from branch cross join lateral (
           select branch_id, depth from messages where forked_from = branch.branch_id and depth > branch.depth
           order by depth, id desc limit 1
         ) fork
       )
       select leaf.id from (select branch_id from branch order by depth desc limit 1) last cross join lateral (
         select id from messages where branch_id = last.branch_id order by depth desc limit 1
       ) leaf`,
      [userId, conversationId, id],
    );
    return leaf?.id ?? null;
  }

  /** One branch, walked up from a message that is on it: newest first. The next page starts at the parent of the last row. */
  async pageOfBranch(
    userId: string,
    conversationId: string,
    from: string,
    { limit }: Pick<PageRequest, 'limit'>,
  ): Promise<Page<MessageInTree>> {
    const rows = await this.database.query<MessageInTree[]>(
      `with recursive branch as (
         select id, parent_id, 1 as step from messages where id = $3 and conversation_id = $2 and user_id = $1
         union all
         select up.id, up.parent_id, branch.step + 1 from branch join messages up on up.id = branch.parent_id
         where branch.step <= $4
       )
       select ${MESSAGE_IN_TREE} from branch join messages m using (id) ${JOIN_RUNNING} order by branch.step`,
      [userId, conversationId, from, limit],
    );
    return toPage(rows, limit, (last) => ({ id: last.parentId! }));
  }

  /** Of all branches, oldest first. */
  allOwned(
    userId: string,
    conversationId: string,
    afterId: string | null,
    limit: number,
  ): Promise<MessageInTree[]> {
    return this.database.query<MessageInTree[]>(
      `select ${MESSAGE_IN_TREE} from messages m ${JOIN_RUNNING}
       where m.conversation_id = $2 and m.user_id = $1 and ($3::uuid is null or m.id > $3)
       order by m.id limit $4`,
      [userId, conversationId, afterId, limit],
    );
  }

  /** The ids of the branch that ends at a message, from its first one on. */
  async branchIdsOwned(userId: string, conversationId: string, leafId: string): Promise<string[]> {
    const rows = await this.database.query<{ id: string }[]>(
      `with recursive branch as (
         select id, parent_id, 0 as step from messages where id = $3 and conversation_id = $2 and user_id = $1
         union all
         select up.id, up.parent_id, branch.step + 1 from branch join messages up on up.id = branch.parent_id
       )
       select id from branch order by step desc`,
      [userId, conversationId, leafId],
    );
    return rows.map(({ id }) => id);
  }

  /** In the order of the ids; those that are gone are left out. */
  someOwned(userId: string, ids: readonly string[]): Promise<MessageInTree[]> {
    return this.database.query<MessageInTree[]>(
      `select ${MESSAGE_IN_TREE} from unnest($2::uuid[]) with ordinality wanted (id, place)
       join messages m on m.id = wanted.id and m.user_id = $1 ${JOIN_RUNNING} order by wanted.place`,
      [userId, ids],
    );
  }
}
