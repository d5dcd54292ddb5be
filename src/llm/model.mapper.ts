import type { ModelInfo, Models } from './chat-model';
import type { ModelResponse, ModelsResponse } from './model.dto';

export function toModelsResponse(models: Models): ModelsResponse {
  return { data: models.list().map(toModelResponse), default: models.defaultId };
}

function toModelResponse({
  id,
  provider,
  contextTokens,
  maxOutputTokens,
  available,
}: ModelInfo): ModelResponse {
  return { id, provider, contextTokens, maxOutputTokens, available };
}
