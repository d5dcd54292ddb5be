import { Module } from '@nestjs/common';
import { ConversationsModule } from '../conversations/conversations.module';
import { IdempotencyModule } from '../idempotency/idempotency.module';
import { LlmModule } from '../llm/llm.module';
import { UsageModule } from '../usage/usage.module';
import { CompletionAnswers } from './completion-answers';
import { CompletionCalls } from './completion-calls';
import { CompletionKeys } from './completion-keys';
import { CompletionStream } from './completion-stream';
import { CompletionsController } from './completions.controller';
import { CompletionsService } from './completions.service';
import { KeptCompletions } from './kept-completions.service';
import { LateWork } from './late-work';
import { RunningCalls } from './running-calls';

@Module({
  imports: [ConversationsModule, IdempotencyModule, LlmModule, UsageModule],
  controllers: [CompletionsController],
  providers: [
    CompletionAnswers,
    CompletionCalls,
    CompletionKeys,
    CompletionStream,
    CompletionsService,
    KeptCompletions,
    LateWork,
    RunningCalls,
  ],
  exports: [RunningCalls],
})
export class CompletionsModule {}
