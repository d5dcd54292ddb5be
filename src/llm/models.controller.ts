import { Controller, Get } from '@nestjs/common';
import { Authenticated } from '../common/auth/access';
import { ApiProblems } from '../common/http/api-problems';
import { Models } from './chat-model';
import { ModelsResponse } from './model.dto';
import { toModelsResponse } from './model.mapper';

@Authenticated('chat')
@Controller('models')
export class ModelsController {
  constructor(private readonly models: Models) {}

  /** The models that can be asked. */
  @Get()
  @ApiProblems('validation_failed')
  list(): ModelsResponse {
    return toModelsResponse(this.models);
  }
}
