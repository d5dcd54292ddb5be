import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';
import type { SpentTokens } from './tokens';

@Injectable()
export class TokenMetrics {
  private readonly tokens: Counter<'model' | 'kind'>;

  constructor(registry: Registry) {
    this.tokens = new Counter({
      name: 'parley_tokens_total',
      help: 'Tokens of replies and of calls at /v1, as the provider counted them, or else as estimated',
      labelNames: ['model', 'kind'],
      registers: [registry],
    });
  }

  count({ model, promptTokens, completionTokens }: SpentTokens): void {
    this.tokens.inc({ model, kind: 'prompt' }, promptTokens);
    this.tokens.inc({ model, kind: 'completion' }, completionTokens);
  }
}
