import { DomainError } from '../common/errors/domain-error';
import type { Models } from '../llm/chat-model';

/** @throws DomainError `unknown_model` */
export function requireModel(models: Models, id: string): string {
  if (!models.find(id))
    throw new DomainError('unknown_model', 'There is no such model. GET /api/v1/models lists them.');
  return id;
}

/** Which model answers: the one asked for, else the conversation's, else the default. */
export function modelChoice(models: Models, asked: string | undefined) {
  if (asked !== undefined) requireModel(models, asked); // refused before anything is locked
  return (conversationModel: string | null): string =>
    requireModel(models, asked ?? conversationModel ?? models.defaultId);
}
