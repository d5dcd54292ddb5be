const TIMEOUT_MS = 10_000;

/** Whether a provider knows a key, asked by the call that costs nothing: the status, or why there is none. */
export async function listModels(baseUrl: string, apiKey: string | null): Promise<number | string> {
  const headers: Record<string, string> = apiKey === null ? {} : { authorization: `Bearer ${apiKey}` };
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(`${baseUrl.replace(/\/$/, '')}/models`, {
      headers,
      signal,
      redirect: 'manual',
    });
    await answer.body?.cancel();
    return answer.status;
  } catch (error) {
    const { name, cause } = error as Error & { readonly cause?: { readonly code?: string } };
    return cause?.code ?? (name === 'TimeoutError' ? 'none in 10 s' : 'it cannot be called'); // never words that may quote the address
  }
}
