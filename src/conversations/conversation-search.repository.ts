import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import { toPage, type Page, type PageRequest } from '../common/paging/page';
import { Conversation } from './conversation.entity';
import type { ConversationFilter } from './conversation.repository';

/** A conversation, and where in it the words were found. */
export interface FoundConversation {
  readonly conversation: Conversation;
  /** A piece of the newest message that has them, or the title; plain text. */
  readonly snippet: string;
  /** Start and length of each word in the snippet, in UTF-16 units. */
  readonly matches: readonly (readonly [start: number, length: number])[];
}

interface Hit {
  readonly id: string;
  readonly at: Date;
  /** Each word between `START` and `STOP`. */
  readonly headline: string;
}

/** Of a common word only the newest messages are looked at. */
const MOST_HITS = 1_000;
const [START, STOP] = ['\u0002', '\u0003'];

/** $1 user, $2 what is searched, $3 archived, $4 pinned or null, $5 and $6 the last row of the page before, $7 rows, $8 most hits */
const SEARCH = `
  with wanted as materialized (select plainto_tsquery('simple', $2) as words),
  query as materialized (
    select (words::text || ':*')::tsquery as words, ('''@' || $1::uuid || ''' & (' || words::text || ':*)')::tsquery as mine
    from wanted where numnode(words) > 0
  ), said as materialized (
    select id, conversation_id, content from messages
    where words_of(user_id, content) @@ (select mine from query) and user_id = $1 order by id desc limit $8
  ), newest as materialized (
    select distinct on (conversation_id) conversation_id, content from said order by conversation_id, id desc
  ), found as materialized (
    select c.id, c.last_activity_at, coalesce(newest.content, c.title) as text
    from conversations c left join newest on newest.conversation_id = c.id
    where c.user_id = $1 and c.kind = 'chat' and c.archived = $3 and ($4::boolean is null or c.pinned = $4)
      and ($5::timestamptz is null or (c.last_activity_at, c.id) < ($5, $6::uuid))
      and c.id in (
        select conversation_id from newest
        union all
        select id from conversations
        where title is not null and words_of(user_id, title) @@ (select mine from query) and user_id = $1
      )
    order by c.last_activity_at desc, c.id desc limit $7
  )
  select found.id, found.last_activity_at as at,
    ts_headline('simple', translate(found.text, '${START}${STOP}', ''), query.words,
      'StartSel=${START}, StopSel=${STOP}, MaxFragments=1, MaxWords=24, MinWords=8, ShortWord=0') as headline
  from found, query order by found.last_activity_at desc, found.id desc`;

/** Finds conversations by the words of their titles and messages; the last word may be the beginning of one. */
@Injectable()
export class ConversationSearchRepository {
  constructor(@InjectRepository(Conversation) private readonly rows: Repository<Conversation>) {}

  /** Most recent activity first. */
  async pageOwned(
    userId: string,
    q: string,
    { archived, pinned }: ConversationFilter,
    { limit, after }: PageRequest<{ id: string; at: Date }>,
  ): Promise<Page<FoundConversation>> {
    const hits = await this.rows.query<Hit[]>(SEARCH, [
      ...[userId, q, archived, pinned, after?.at ?? null, after?.id ?? null, limit + 1, MOST_HITS],
    ]);
    const { data, ...page } = toPage(hits, limit, ({ id, at }) => ({ id, at }));
    const rows = data.length > 0 ? await this.rows.findBy({ userId, id: In(data.map(({ id }) => id)) }) : [];
    const byId = new Map(rows.map((row) => [row.id, row]));
    const found = data.flatMap(({ id, headline }) => {
      const conversation = byId.get(id); // deleted a moment ago: left out
      return conversation ? [{ conversation, ...toSnippet(headline) }] : [];
    });
    return { data: found, ...page };
  }
}

function toSnippet(headline: string): Pick<FoundConversation, 'snippet' | 'matches'> {
  const matches: [number, number][] = [];
  let snippet = '';
  for (const [at, part] of headline.split(START).entries()) {
    const [word, rest] = part.split(STOP) as [string, string?];
    if (at > 0) matches.push([snippet.length, word.length]);
    snippet += word + (rest ?? '');
  }
  return { snippet, matches };
}
