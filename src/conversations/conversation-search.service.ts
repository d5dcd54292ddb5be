import { Injectable } from '@nestjs/common';
import type { Caller } from '../common/auth/caller';
import type { Page, PageRequest } from '../common/paging/page';
import type { ConversationFilter } from './conversation.repository';
import { ConversationSearchRepository, type FoundConversation } from './conversation-search.repository';

@Injectable()
export class ConversationSearch {
  constructor(private readonly searches: ConversationSearchRepository) {}

  /** Those that have these words in their titles or messages, most recent activity first. */
  find(
    { userId }: Caller,
    q: string,
    filter: ConversationFilter,
    page: PageRequest<{ id: string; at: Date }>,
  ): Promise<Page<FoundConversation>> {
    return this.searches.pageOwned(userId, q, filter, page);
  }
}
