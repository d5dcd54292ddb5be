import { Logger, Module, type OnModuleInit } from '@nestjs/common';
import { Registry } from 'prom-client';
import { Config } from '../config/config';
import type { LlmConfig } from '../config/llm-config';
import { ChatModel, Models } from './chat-model';
import { ConfiguredModels } from './configured-models';
import { DemoChatModel } from './demo/demo-chat-model';
import { ModelMetrics } from './model-metrics';
import { ModelsController } from './models.controller';
import { PLAIN } from './openai/dialect';
import { OpenAiChatModel } from './openai/openai-chat-model';
import { presetAt, PRESETS } from './presets';
import { Breakers } from './resilience/breakers';
import { Slots } from './resilience/slots';
import { RoutedChatModel } from './routed-chat-model';

/** An answer is worth more than its token counts: by then it is whole. */
const USAGE_TIMEOUT_MS = 2_000;

@Module({
  controllers: [ModelsController],
  providers: [
    {
      provide: Breakers,
      inject: [Config],
      useFactory: ({ llm }: Config) => new Breakers(llm.breakerResetMs),
    },
    {
      provide: Models,
      inject: [Config, Breakers],
      useFactory: ({ llm }: Config, breakers: Breakers) =>
        new ConfiguredModels(llm, (provider) => breakers.isClosed(provider)),
    },
    {
      provide: ChatModel,
      inject: [Config, Models, Breakers, Registry],
      useFactory: ({ llm }: Config, models: Models, breakers: Breakers, registry: Registry) => {
        const slots = new Slots(llm.maxCalls, llm.maxQueuedCalls);
        const metrics = new ModelMetrics(registry, { models, breakers, slots });
        return new RoutedChatModel(models, providers(llm), { breakers, slots, metrics }, llm);
      },
    },
  ],
  exports: [ChatModel, Models],
})
export class LlmModule implements OnModuleInit {
  private readonly logger = new Logger(LlmModule.name);

  constructor(private readonly config: Config) {}

  onModuleInit(): void {
    if (this.config.llm.providers.length > 0) return;
    this.logger.warn(
      'No model is configured, so the demo model answers. Set OPENAI_API_KEY, or another one of docs/models.md, for a real one.',
    );
  }
}

/** By the name that their models' ids begin with. */
function providers({ providers: configured, idleTimeoutMs }: LlmConfig): ReadonlyMap<string, ChatModel> {
  if (configured.length === 0) return new Map([['demo', new DemoChatModel()]]);
  const usageTimeoutMs = Math.min(USAGE_TIMEOUT_MS, idleTimeoutMs / 2); // else the idle limit would spoil a whole answer
  return new Map(
    configured.map(({ name, apiKey, baseUrl }) => {
      const preset = PRESETS[name] ?? presetAt(baseUrl!);
      const dialect = preset?.dialect ?? PLAIN;
      return [
        name,
        new OpenAiChatModel({ baseUrl: baseUrl ?? preset!.baseUrl!, apiKey, usageTimeoutMs, dialect }),
      ];
    }),
  );
}
