import type { ModelInfo } from '../llm/chat-model';
import type { CompletionModelsResponse } from './completion.dto';

/** Providers that list their models say when each was made; those of a configuration are there from the start. */
const CREATED = Math.floor(Date.now() / 1000);

/** As OpenAI lists its models. */
export const toCompletionModels = (models: readonly ModelInfo[]): CompletionModelsResponse => ({
  object: 'list',
  data: models.map(({ id, provider }) => ({ id, object: 'model', created: CREATED, owned_by: provider })),
});
