/** A scripted model that keeps a test waiting is not given up on, however slow the machine: who tests that says when. */
export const PATIENCE = {
  LLM_FIRST_TOKEN_TIMEOUT: '1h',
  LLM_IDLE_TIMEOUT: '1h',
  LLM_TOTAL_TIMEOUT: '1h',
};
