import { Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Authenticated } from '../common/auth/access';
import { CurrentCaller, type Caller } from '../common/auth/caller';
import { BodyDto } from '../common/http/declared';
import { LargeBody } from '../common/http/large-body.guard';
import { Limited } from '../common/throttle/limits';
import { Keyed, type KeyedRequest } from '../idempotency/keyed-request';
import { Models } from '../llm/chat-model';
import { ApiCompletion } from './api-completion';
import { CompletionAnswers } from './completion-answers';
import { CompletionModelsResponse } from './completion.dto';
import type { CompletionBody } from './completion-request';
import { toCompletionModels } from './model.mapper';

/** What OpenAI's clients call, at the paths that they expect. */
@Authenticated('chat')
@Controller('v1')
export class CompletionsController {
  constructor(
    private readonly models: Models,
    private readonly answers: CompletionAnswers,
  ) {}

  /** The models that can be asked, as OpenAI lists its own. */
  @Get('models')
  list(): CompletionModelsResponse {
    return toCompletionModels(this.models.list());
  }

  /**
   * Asks a model, as OpenAI's API does. What is not documented here goes to the provider and comes back as it is. With `store: true`
   * the exchange is kept as the conversation that `X-Parley-Conversation-Id` names, whether its reader stays or not; else closing
   * the connection ends the call. `Idempotency-Key` counts with `store: true` only.
   */
  @Post('chat/completions')
  @HttpCode(200)
  @LargeBody()
  @Limited('send', 'sendAddress')
  @ApiCompletion()
  async create(
    @CurrentCaller() caller: Caller,
    @BodyDto() body: CompletionBody = {},
    @Keyed() keyed: KeyedRequest | null,
    @Res() response: Response,
  ): Promise<void> {
    await this.answers.send(response, { caller, body, keyed });
  }
}
