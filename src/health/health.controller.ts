import { Controller, Get, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiServiceUnavailableResponse } from '@nestjs/swagger';
import type { Response } from 'express';
import { Public } from '../common/auth/access';
import { Limited } from '../common/throttle/limits';
import { CheckResponse, HealthResponse } from './health.dto';
import { HealthService } from './health.service';

/** For probes: public, uncounted, and JSON with 503 too. */
@Public()
@Limited()
@ApiExtraModels(CheckResponse)
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  /** While the process can serve. Asks nothing else. */
  @Get('live')
  live(): HealthResponse {
    return { status: 'ok', checks: {} };
  }

  /** Whether requests should come here. */
  @Get('ready')
  @ApiOkResponse({ type: HealthResponse })
  @ApiServiceUnavailableResponse({ type: HealthResponse, description: 'Not now' })
  async ready(@Res({ passthrough: true }) response: Response): Promise<HealthResponse> {
    return answer(response, await this.health.ready());
  }

  /** Every check. */
  @Get()
  @ApiOkResponse({ type: HealthResponse })
  @ApiServiceUnavailableResponse({ type: HealthResponse, description: 'Out of order' })
  async overall(@Res({ passthrough: true }) response: Response): Promise<HealthResponse> {
    return answer(response, await this.health.overall());
  }
}

function answer(response: Response, health: HealthResponse): HealthResponse {
  response.status(health.status === 'error' ? 503 : 200).set('Cache-Control', 'no-store');
  return health;
}
