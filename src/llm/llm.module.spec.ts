import { Global, Module, type LoggerService } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Registry } from 'prom-client';
import { collect } from '../../test/support/chat-events';
import { loadConfig } from '../config/config';
import { ConfigModule } from '../config/config.module';
import type { Environment } from '../config/environment';
import { ChatModel } from './chat-model';
import { LlmModule } from './llm.module';
import { ModelsController } from './models.controller';

const provider = { LLM_BASE_URL: 'http://127.0.0.1/v1', LLM_MODELS: 'small' };

@Global()
@Module({ providers: [Registry], exports: [Registry] })
class MetricsModule {}

async function boot(environment: Environment) {
  const warnings: unknown[] = [];
  const ignore = () => undefined;
  const logger: LoggerService = { log: ignore, error: ignore, warn: (message) => warnings.push(message) };
  const config = loadConfig({ JWT_SECRET: 'x'.repeat(32), ...environment });
  const imports = [ConfigModule.with(config), MetricsModule, LlmModule];
  const module = await Test.createTestingModule({ imports }).setLogger(logger).compile();
  await module.init();
  return { module, warnings };
}

describe('LlmModule', () => {
  it('warns once that the demo model answers when nothing is configured', async () => {
    const { warnings } = await boot({});
    expect(warnings).toEqual([expect.stringContaining('the demo model answers')]);
  });

  it('warns of nothing when a provider is configured', async () => {
    expect((await boot(provider)).warnings).toEqual([]);
  });

  it('does not boot with a default model that there is not', async () => {
    const message = 'LLM_DEFAULT_MODEL: expected custom/small';
    await expect(boot({ ...provider, LLM_DEFAULT_MODEL: 'small' })).rejects.toThrow(message);
  });

  it('lists the models, and which of them is the default', async () => {
    const { module } = await boot(provider);
    expect(module.get(ModelsController).list()).toEqual({
      data: [
        {
          id: 'custom/small',
          provider: 'custom',
          contextTokens: 8_192,
          maxOutputTokens: 4_096,
          available: true,
        },
      ],
      default: 'custom/small',
    });
  });

  it('answers with no model but those that it lists', async () => {
    const { module } = await boot({});
    const request = { model: 'custom/small', turns: [] };
    const events = module.get(ChatModel).stream(request, new AbortController().signal);
    await expect(collect(events)).rejects.toMatchObject({ code: 'unknown_model' });
  });
});
