import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service';
import type { RequestSource } from '../common/http/request-source';
import { toConversationResponse } from '../conversations/conversation.mapper';
import { HistoryService } from '../conversations/history.service';
import { toMessageResponse } from '../conversations/message.mapper';
import { toUserResponse } from '../users/user.mapper';
import type { User } from '../users/user.entity';
import { UsersService } from '../users/users.service';

/** All that is stored of an account and that its owner has said or been told. No secrets. */
@Injectable()
export class AccountExport {
  constructor(
    private readonly users: UsersService,
    private readonly history: HistoryService,
    private readonly audit: AuditService,
  ) {}

  /** The user, then each conversation with its messages after it; oldest first. @throws DomainError `session_revoked` – erased a moment ago. */
  async of(userId: string, source: RequestSource): Promise<AsyncIterable<object>> {
    const user = await this.users.own(userId);
    await this.audit.record({ action: 'account.exported', userId, source });
    return this.lines(user);
  }

  private async *lines(user: User): AsyncGenerator<object> {
    yield { type: 'user', ...toUserResponse(user) };
    for await (const { conversation, messages } of this.history.of(user.id)) {
      yield { type: 'conversation', ...toConversationResponse(conversation) };
      for await (const message of messages) yield { type: 'message', ...toMessageResponse(message) };
    }
  }
}
