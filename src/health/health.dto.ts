import { ApiProperty } from '@nestjs/swagger';

export class CheckResponse {
  status!: 'up' | 'down';
}

export class HealthResponse {
  /** `degraded`: it serves, but something that it would like to have is gone. */
  status!: 'ok' | 'degraded' | 'error';
  /** By name: `database`, `migrations`, `llm`, `serving`. */
  @ApiProperty({ type: 'object', additionalProperties: { $ref: '#/components/schemas/CheckResponse' } })
  checks!: Record<string, CheckResponse>;
}
