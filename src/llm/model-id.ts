/** What `Models` calls `provider/model`. The provider's own name of the model may have slashes as well. */
export const modelId = (provider: string, name: string): string => `${provider}/${name}`;

/** What the provider itself calls the model. */
export const modelName = (id: string): string => id.slice(id.indexOf('/') + 1);

/** Whose model it is. */
export const providerName = (id: string): string => id.slice(0, Math.max(0, id.indexOf('/')));
