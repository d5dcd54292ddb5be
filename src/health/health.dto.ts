import { ApiProperty } from '@nestjs/swagger';

export class CheckResponse {
  status!: 'up' | 'down';
}

export class HealthResponse {
  /** `degraded`: it serves, but something that it would like to have is gone. */
  status!: 'ok' | 'degraded' | 'error';
  /** By name: `database`, `migrations`, `serving`, `llm`, and `llm:<provider>` for each provider of models. */
  @ApiProperty({ type: 'object', additionalProperties: { $ref: '#/components/schemas/CheckResponse' } })
  checks!: Record<string, CheckResponse>;
}
