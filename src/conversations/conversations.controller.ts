import { Controller, Delete, Get, HttpCode, Patch, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Authenticated } from '../common/auth/access';
import { CurrentCaller, type Caller } from '../common/auth/caller';
import { ApiPage } from '../common/http/api-page';
import { ApiProblems } from '../common/http/api-problems';
import { BodyDto, QueryDto } from '../common/http/declared';
import { IdParam } from '../common/http/id.pipe';
import { decodeCursor } from '../common/paging/cursor';
import { mapPage, type Page } from '../common/paging/page';
import {
  ChangeConversationDto,
  ConversationQueryDto,
  ConversationResponse,
  CreateConversationDto,
} from './conversation.dto';
import { toConversationResponse } from './conversation.mapper';
import { ConversationsService } from './conversations.service';

@Authenticated('chat')
@Controller('conversations')
export class ConversationsController {
  constructor(private readonly conversations: ConversationsService) {}

  /** Opens a conversation. */
  @Post()
  @ApiProblems('validation_failed', 'unknown_model')
  async create(
    @CurrentCaller() caller: Caller,
    @BodyDto() conversation: CreateConversationDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ConversationResponse> {
    const created = await this.conversations.create(caller, conversation);
    response.location(`/api/v1/conversations/${created.id}`);
    return toConversationResponse(created);
  }

  /** The caller's conversations, most recent activity first. */
  @Get()
  @ApiPage(ConversationResponse)
  async list(
    @CurrentCaller() caller: Caller,
    @QueryDto() { archived = false, pinned, limit = 20, cursor }: ConversationQueryDto,
  ): Promise<Page<ConversationResponse>> {
    const after = cursor === undefined ? null : decodeCursor(cursor, 'time');
    return mapPage(
      await this.conversations.list(caller, { archived, pinned: pinned ?? null }, { limit, after }),
      toConversationResponse,
    );
  }

  /** Deletes the caller's whole history. */
  @Delete()
  @HttpCode(204)
  async deleteAll(@CurrentCaller() caller: Caller): Promise<void> {
    await this.conversations.deleteAll(caller);
  }

  /** One conversation. */
  @Get(':id')
  @ApiProblems('not_found')
  async get(@CurrentCaller() caller: Caller, @IdParam() id: string): Promise<ConversationResponse> {
    return toConversationResponse(await this.conversations.get(caller, id));
  }

  /** Changes what is given and leaves the rest. */
  @Patch(':id')
  @ApiProblems('validation_failed', 'not_found', 'unknown_model')
  async change(
    @CurrentCaller() caller: Caller,
    @IdParam() id: string,
    @BodyDto() changes: ChangeConversationDto,
  ): Promise<ConversationResponse> {
    return toConversationResponse(await this.conversations.change(caller, id, changes));
  }

  /** Deletes a conversation with its messages. A reply being written in it ends. */
  @Delete(':id')
  @HttpCode(204)
  @ApiProblems('not_found')
  async delete(@CurrentCaller() caller: Caller, @IdParam() id: string): Promise<void> {
    await this.conversations.delete(caller, id);
  }
}
