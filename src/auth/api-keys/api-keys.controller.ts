import { Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { Authenticated } from '../../common/auth/access';
import { CurrentCaller, type Caller } from '../../common/auth/caller';
import { ApiPage } from '../../common/http/api-page';
import { ApiProblems } from '../../common/http/api-problems';
import { BodyDto, QueryDto } from '../../common/http/declared';
import { IdParam } from '../../common/http/id.pipe';
import { Source, type RequestSource } from '../../common/http/request-source';
import { mapPage, type Page } from '../../common/paging/page';
import { pageById, PageQueryDto } from '../../common/paging/page-query.dto';
import { ApiKeyResponse, CreateApiKeyDto, CreatedApiKeyResponse } from './api-key.dto';
import { toApiKeyResponse } from './api-key.mapper';
import { ApiKeysService } from './api-keys.service';

@Authenticated()
@Controller('auth/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  /** Makes a key for programs. It is shown this once; only its hash is kept. Guests have none. */
  @Post()
  @ApiProblems('forbidden')
  async create(
    @CurrentCaller() caller: Caller,
    @BodyDto() { name, scopes, expiresAt }: CreateApiKeyDto,
    @Source() source: RequestSource,
  ): Promise<CreatedApiKeyResponse> {
    const expiry = expiresAt ? new Date(expiresAt) : null;
    const made = await this.keys.create(caller, { name, scopes, expiresAt: expiry }, source);
    return { ...toApiKeyResponse(made), key: made.key };
  }

  /** The keys that still work, newest first. */
  @Get()
  @ApiPage(ApiKeyResponse)
  async list(
    @CurrentCaller() { userId }: Caller,
    @QueryDto() query: PageQueryDto,
  ): Promise<Page<ApiKeyResponse>> {
    return mapPage(await this.keys.list(userId, pageById(query)), toApiKeyResponse);
  }

  /** Ends a key, on every replica within five seconds. */
  @HttpCode(204)
  @Delete(':id')
  @ApiProblems('not_found')
  async end(
    @CurrentCaller() { userId }: Caller,
    @IdParam() id: string,
    @Source() source: RequestSource,
  ): Promise<void> {
    await this.keys.end(userId, id, source);
  }
}
