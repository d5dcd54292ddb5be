import { Injectable } from '@nestjs/common';
import { DomainError } from '../common/errors/domain-error';
import { Models, type ModelInfo } from '../llm/chat-model';

/** Which model answers, given the conversation's and the account's own. */
export type ChooseModel = (conversationModel: string | null, accountModel: string | null) => ModelInfo;

@Injectable()
export class ModelChoice {
  constructor(private readonly models: Models) {}

  /** @throws DomainError `unknown_model` */
  require(id: string): ModelInfo {
    const model = this.models.find(id);
    if (!model)
      throw new DomainError('unknown_model', 'There is no such model. GET /api/v1/models lists them.');
    return model;
  }

  /**
   * The one asked for, else the conversation's, else the account's while it exists, else the default.
   *
   * @throws DomainError `unknown_model` – now for the one asked for, and when called for the conversation's.
   */
  chooser(asked: string | undefined): ChooseModel {
    if (asked !== undefined) this.require(asked); // refused before anything is locked
    return (conversationModel, accountModel) => {
      const known = accountModel !== null && this.models.find(accountModel) ? accountModel : null;
      return this.require(asked ?? conversationModel ?? known ?? this.models.defaultId);
    };
  }
}
