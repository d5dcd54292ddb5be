import { newId } from '../../src/common/ids';
import type { Claim } from '../../src/conversations/replies/running-reply';
import { RemoteReplyRepository } from '../../src/conversations/replies/remote-reply.repository';
import { COMPLETED, type ReplyDatabase } from './reply-database';
import { ReplyModel } from './reply-model';

/** A reply that a process believes to be its own, rightly or not. */
export interface Holding {
  readonly owner: string;
  readonly claim: Claim;
  text: string;
  /** Units that the database has said it holds. */
  stored: number;
}

const OWNERS = 3;

/** Some processes over one database, what each of them remembers, and the model of what the database has to answer. */
export class ReplyProcesses {
  readonly model = new ReplyModel();
  readonly remote: RemoteReplyRepository;
  readonly owners = Array.from({ length: OWNERS }, () => newId());
  /** Those that were lost, too: their processes may not know. Oldest first. */
  holdings: readonly Holding[] = [];
  /** Deleted ones included. */
  readonly conversationIds: string[] = [];
  /** All that were ever opened, with their conversations, oldest first. */
  readonly opened: Omit<Claim, 'fence'>[] = [];
  /** What somebody has read of a reply while it ran. */
  readonly read = new Map<string, string>();
  /** How many ends of a reply were stored, as the database said. */
  readonly wins = new Map<string, number>();

  constructor(
    readonly database: ReplyDatabase,
    /** How often what has happened, over all runs. */
    readonly tally: Map<string, number>,
  ) {
    this.remote = new RemoteReplyRepository(database.dataSource);
  }

  static async start(
    database: ReplyDatabase,
    tally: Map<string, number>,
    conversations: number,
  ): Promise<ReplyProcesses> {
    await database.query('delete from conversations');
    const processes = new ReplyProcesses(database, tally);
    for (let n = 0; n < conversations; n++) await processes.addConversation();
    return processes;
  }

  async addConversation(): Promise<void> {
    const { conversationId } = await this.database.conversation();
    this.conversationIds.push(conversationId);
    this.model.addConversation(conversationId);
  }

  hold(owner: string, claim: Claim, text = ''): void {
    this.holdings = [...this.holdings, { owner, claim, text, stored: text.length }];
  }

  /** One of the three; beyond them, whoever got a reply last, whose steps are the likeliest to matter. */
  owner(n: number): string {
    return this.owners[n] ?? this.holdings.at(-1)?.owner ?? this.owners[0]!;
  }

  /** The process is gone, and another one starts that knows nothing. */
  crash(owner: string): void {
    this.owners[this.owners.indexOf(owner)] = newId();
    this.holdings = this.holdings.filter((holding) => holding.owner !== owner);
  }

  /** What a process beats: of each reply the claim that it got last. */
  heldBy(owner: string): Holding[] {
    const held = this.holdings.filter((holding) => holding.owner === owner);
    return [...new Map(held.map((holding) => [holding.claim.replyId, holding])).values()];
  }

  count(what: string): void {
    this.tally.set(what, (this.tally.get(what) ?? 0) + 1);
  }

  /** Everything that a reader can find is what the model says, and nothing more is left of running replies than there are. */
  async check(): Promise<void> {
    const [found, { generations, chunks }] = await Promise.all([
      this.remote.find(this.opened.map(({ replyId }) => replyId)),
      this.database.leftovers(),
    ]);
    const seen = found.map(({ id, status, content, finishReason }) => ({
      id,
      status,
      content,
      finishReason,
    }));
    expect(sorted(seen)).toEqual(sorted(this.model.seen()));
    expect(generations).toBe(this.model.runningIds().length);
    if (generations === 0) expect(chunks).toBe(0);
  }

  /** Has a new process take over whatever still runs, and end it. Then nothing is left, and each reply has ended once. */
  async finish(): Promise<void> {
    const sweeper = newId();
    for (const replyId of this.model.runningIds()) {
      const claim = (await this.database.replies.takeOver(sweeper, replyId))!;
      expect(claim).toEqual(this.model.takeOver(sweeper, replyId));
      this.hold(sweeper, claim, await this.database.replies.storedText(replyId));
    }
    for (const holding of this.holdings) await this.settle(holding);
    await this.check();
    await expect(this.database.leftovers()).resolves.toEqual({ generations: 0, chunks: 0 });
    for (const { id } of this.model.seen()) expect(this.wins.get(id)).toBe(1);
    for (const wins of this.wins.values()) expect(wins).toBe(1);
  }

  /** As the process believes it to have ended. */
  async settle({ owner, claim, text }: Holding, end = COMPLETED): Promise<void> {
    const stored = await this.database.replies.settle(owner, claim, text, end);
    const wins = this.model.settle(owner, claim, text, end);
    expect(stored && { text: stored.content, status: stored.status }).toEqual(
      wins ? { text, status: end.status } : null,
    );
    this.count(wins ? 'settled' : 'settled too late');
    if (stored) this.wins.set(stored.id, (this.wins.get(stored.id) ?? 0) + 1);
  }
}

/** Answers about several replies come in no order. */
export const sorted = <T>(rows: readonly T[]): T[] =>
  [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
