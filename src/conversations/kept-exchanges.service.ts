import { Injectable } from '@nestjs/common';
import { setImmediate } from 'node:timers/promises';
import { countTokens } from '../common/tokens';
import { Config } from '../config/config';
import {
  KeptExchangeRepository,
  type KeptReply,
  type KeptTurn,
  type NewExchange,
} from './kept-exchange.repository';
import { cutTo, TextCleaner } from './replies/text-cleaner';
import { firstWords } from './titles/first-words';

/** Of a conversation's column. */
const MOST_SYSTEM_PROMPT = 8_000;

/** An exchange with a model that was had elsewhere. */
export interface Exchange extends Pick<
  NewExchange,
  'userId' | 'conversationId' | 'model' | 'systemPrompt' | 'held'
> {
  /** Oldest first, roles alternating, a question at both ends. */
  readonly turns: readonly Omit<KeptTurn, 'tokens'>[];
  readonly reply: Omit<KeptReply, 'tokens'>;
}

@Injectable()
export class KeptExchanges {
  constructor(
    private readonly exchanges: KeptExchangeRepository,
    private readonly config: Config,
  ) {}

  /**
   * Keeps an exchange as a conversation that can be gone on with. Texts are cut where replies are, the system prompt at 8,000 UTF-16 units.
   * False: its key is another request's by now, or it has been kept before; nothing was stored.
   */
  async keep({ turns, reply, systemPrompt, ...exchange }: Exchange): Promise<boolean> {
    return this.exchanges.insert({
      ...exchange,
      systemPrompt: systemPrompt && cutTo(systemPrompt, MOST_SYSTEM_PROMPT),
      title: firstWords(turns[0]!.content),
      turns: await this.measured(turns),
      reply: (await this.measured([reply]))[0]!,
    });
  }

  /** Counting holds up everybody else: others have their turn after each text. */
  private async measured<T extends { readonly content: string }>(
    texts: readonly T[],
  ): Promise<(T & { readonly tokens: number })[]> {
    const measured: (T & { readonly tokens: number })[] = [];
    for (const text of texts) {
      const content = toStorable(cutTo(text.content, this.config.replies.replyMaxChars));
      measured.push({ ...text, content, tokens: countTokens(content) });
      await setImmediate();
    }
    return measured;
  }
}

function toStorable(text: string): string {
  const cleaner = new TextCleaner();
  return cleaner.clean(text) + cleaner.rest();
}
