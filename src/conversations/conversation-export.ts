import { Injectable } from '@nestjs/common';
import type { Caller } from '../common/auth/caller';
import type { Conversation } from './conversation.entity';
import { toConversationResponse } from './conversation.mapper';
import { ConversationsService } from './conversations.service';
import { HistoryService } from './history.service';
import type { MessageInTree } from './message.entity';
import { toMessageResponse } from './message.mapper';

export interface ExportedFile {
  /** With its ending, which tells the type. */
  readonly name: string;
  readonly text: AsyncIterable<string>;
}

const MAX_NAME = 80;

/** Conversations as files. */
@Injectable()
export class ConversationExport {
  constructor(
    private readonly conversations: ConversationsService,
    private readonly history: HistoryService,
  ) {}

  /** @throws DomainError `not_found` – absent, or not the caller's. */
  async of(caller: Caller, id: string, format: 'json' | 'markdown'): Promise<ExportedFile> {
    const conversation = await this.conversations.get(caller, id);
    const name = nameOf(conversation);
    if (format === 'markdown') {
      const messages = this.history.activeBranchOf(conversation);
      return { name: `${name}.md`, text: toMarkdown(conversation, messages) };
    }
    return { name: `${name}.json`, text: toJson(conversation, this.history.messagesOf(conversation)) };
  }
}

/** What file systems take: letters, digits and little else. */
function nameOf({ title }: Conversation): string {
  const name = (title ?? '').replace(/[^\p{L}\p{N}._-]+/gu, ' ').replace(/^[. ]+/, '');
  return name.slice(0, MAX_NAME).toWellFormed().trim() || 'conversation';
}

/** As `ConversationExportResponse`. */
async function* toJson(
  conversation: Conversation,
  messages: AsyncIterable<MessageInTree>,
): AsyncGenerator<string> {
  yield `{"conversation":${JSON.stringify(toConversationResponse(conversation))},"messages":[`;
  let comma = '';
  for await (const message of messages) {
    yield comma + JSON.stringify(toMessageResponse(message));
    comma = ',';
  }
  yield ']}\n';
}

async function* toMarkdown(
  { title, createdAt, systemPrompt }: Conversation,
  messages: AsyncIterable<MessageInTree>,
): AsyncGenerator<string> {
  yield `# ${(title ?? 'Conversation').replace(/\s+/g, ' ')}\n\nBegun ${createdAt.toISOString()}\n`;
  if (systemPrompt) yield `\n${systemPrompt.replace(/^/gm, '> ')}\n`;
  for await (const { role, model, content, createdAt: at } of messages) {
    const who = role === 'user' ? 'You' : (model ?? 'Assistant');
    yield `\n## ${who}, ${at.toISOString()}\n\n${content}\n`;
  }
}
