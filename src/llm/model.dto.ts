export class ModelResponse {
  /** `provider/model`: what a request's `model` takes. */
  id!: string;
  provider!: string;
  /** Tokens that question, history and reply may have together. */
  contextTokens!: number;
  /** Tokens that a reply may have. */
  maxOutputTokens!: number;
  /** False while the provider is known to be failing; the model may be named all the same. */
  available!: boolean;
}

export class ModelsResponse {
  /** In the order of the server's configuration; never empty. */
  data!: ModelResponse[];
  /** Id of the model that answers where nobody names one. */
  default!: string;
}
