import { Controller, Delete, Get, HttpCode, Patch, Post, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';
import type { Response } from 'express';
import { Authenticated } from '../common/auth/access';
import { CurrentCaller, type Caller } from '../common/auth/caller';
import { ApiPage } from '../common/http/api-page';
import { ApiProblems } from '../common/http/api-problems';
import { BodyDto, QueryDto } from '../common/http/declared';
import { IdParam } from '../common/http/id.pipe';
import { sendChunks } from '../common/http/send-chunks';
import { decodeCursor } from '../common/paging/cursor';
import { mapPage, type Page } from '../common/paging/page';
import { ApiIdempotencyKey, Keyed, type KeyedRequest } from '../idempotency/keyed-request';
import { markReplay } from '../idempotency/replay-header';
import {
  ChangeConversationDto,
  ConversationQueryDto,
  ConversationResponse,
  CreateConversationDto,
  ExportQueryDto,
} from './conversation.dto';
import { ConversationSearch } from './conversation-search.service';
import { ConversationExport } from './conversation-export';
import { ConversationExportResponse } from './conversation-export.dto';
import { toConversationResponse, toFoundConversationResponse } from './conversation.mapper';
import { ConversationsService } from './conversations.service';

@Authenticated('chat')
@Controller('conversations')
export class ConversationsController {
  constructor(
    private readonly conversations: ConversationsService,
    private readonly exports: ConversationExport,
    private readonly searches: ConversationSearch,
  ) {}

  /** Opens a conversation. */
  @Post()
  @ApiIdempotencyKey()
  @ApiProblems('validation_failed', 'unknown_model', 'idempotency_key_reused', 'conflict')
  async create(
    @CurrentCaller() caller: Caller,
    @BodyDto() wanted: CreateConversationDto,
    @Keyed() keyed: KeyedRequest | null,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ConversationResponse> {
    const made = await this.conversations.create(caller, wanted, keyed);
    markReplay(response, made);
    response.location(`/api/v1/conversations/${made.conversation.id}`);
    return toConversationResponse(made.conversation);
  }

  /** A conversation as a file to download. */
  @Get(':id/export')
  @ApiProblems('not_found')
  @ApiExtraModels(ConversationExportResponse)
  @ApiOkResponse({
    description: 'The file',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(ConversationExportResponse) } },
      'text/markdown': { schema: { type: 'string' } },
    },
  })
  async export(
    @CurrentCaller() caller: Caller,
    @IdParam() id: string,
    @QueryDto() { format = 'json' }: ExportQueryDto,
    @Res() response: Response,
  ): Promise<void> {
    const file = await this.exports.of(caller, id, format);
    response.attachment(file.name);
    await sendChunks(response, file.text);
  }

  /** The caller's conversations, most recent activity first; with `q` those that have its words. */
  @Get()
  @ApiPage(ConversationResponse)
  async list(
    @CurrentCaller() caller: Caller,
    @QueryDto() { archived = false, pinned, q, limit = 20, cursor }: ConversationQueryDto,
  ): Promise<Page<ConversationResponse>> {
    const [filter, after] = [
      { archived, pinned: pinned ?? null },
      cursor === undefined ? null : decodeCursor(cursor, 'time'),
    ];
    if (q === undefined)
      return mapPage(await this.conversations.list(caller, filter, { limit, after }), toConversationResponse);
    const found = await this.searches.find(caller, q, filter, { limit, after });
    return mapPage(found, toFoundConversationResponse);
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
