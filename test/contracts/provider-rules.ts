import type { ProviderRules } from '../support/strict-provider';
import { USAGE, type ScriptedAnswer } from '../support/scripted-answer';

// Where a page is named, it was read on 2026-11-28 in a stored copy. What is 'constructed' was put together from such pages: no recording.

const ROLES = ['system', 'user', 'assistant', 'tool'];
const TAKES_ALL = { members: null, refuses: [], refusal: 400, roles: ROLES, key: 'key' } as const;

const delta = (more: object, finishReason: string | null = null) => ({
  choices: [{ index: 0, delta: more, finish_reason: finishReason }],
});
const last = (more: object = {}) => ({ ...delta({ content: '' }, 'stop'), ...more });
const askedForUsage = (body: Readonly<Record<string, unknown>>) =>
  (body.stream_options as { include_usage?: boolean } | undefined)?.include_usage === true;

/** Usage in a chunk of its own, behind the finish reason, where it was asked for. */
function usageBehind(answer: ScriptedAnswer, body: Readonly<Record<string, unknown>>): void {
  answer.chunk(last());
  if (askedForUsage(body)) answer.chunk({ choices: [], usage: USAGE });
  answer.done();
}

export const RULES: Readonly<Record<string, ProviderRules>> = {
  // "Unsupported parameter: 'max_tokens' is not supported with this model": github.com/devnullvoid/dms-ai-assistant/issues/12 (gpt-5.4-mini).
  // Chunks: constructed, after the openai package's types (6.49.0).
  openai: {
    ...TAKES_ALL,
    refuses: ['max_tokens'],
    roles: [...ROLES, 'developer'],
    stream: (answer, body) => {
      answer.chunk(delta({ role: 'assistant', content: '', refusal: null }));
      answer.text('Oslo is ', 'cold.');
      usageBehind(answer, body);
    },
  },
  // reasoning_content and `: keep-alive`: chat-deep.ai/guide/create-chat-completion. Chunks: constructed.
  deepseek: {
    ...TAKES_ALL,
    stream: (answer, body) => {
      answer.write(': keep-alive\n\n');
      answer.chunk(delta({ role: 'assistant', content: null, reasoning_content: 'Hm, Norway.' }));
      answer.text('Oslo is ', 'cold.');
      usageBehind(answer, body);
    },
  },
  // Drops what it does not know: platform.claude.com/docs/en/api/openai-sdk. Chunks: constructed.
  anthropic: {
    ...TAKES_ALL,
    roles: [...ROLES, 'developer'],
    stream: (answer, body) => {
      answer.chunk(delta({ role: 'assistant', content: 'Oslo is ' }));
      answer.text('cold.');
      usageBehind(answer, body);
    },
  },
  // "Developer instruction is not enabled": github.com/google/adk-python/issues/3900. Chunks: constructed; usage comes with the last one.
  gemini: {
    ...TAKES_ALL,
    withoutSystem: /^gemma-/,
    stream: (answer, body) => {
      answer.chunk(delta({ role: 'assistant', content: 'Oslo is ' }));
      answer.chunk(delta({ role: 'assistant', content: 'cold.' }));
      answer.chunk(last(askedForUsage(body) ? { usage: USAGE } : {}));
      answer.done();
    },
  },
  // extra_forbidden with 422: github.com/openai/openai-agents-python/issues/442 (stream_options), github.com/editor-code-assistant/eca/issues/231
  // (max_completion_tokens). Thoughts as parts of the content: github.com/braintrustdata/braintrust-sdk-javascript/issues/1857.
  // Usage in the last chunk: github.com/Portkey-AI/gateway/pull/1260.
  mistral: {
    ...TAKES_ALL,
    members: [
      ...['model', 'messages', 'stream', 'max_tokens', 'temperature', 'top_p', 'stop', 'random_seed'],
      ...['response_format', 'tools', 'tool_choice', 'presence_penalty', 'frequency_penalty', 'n'],
    ],
    refusal: 422,
    stream: (answer) => {
      const thought = { type: 'thinking', thinking: [{ type: 'text', text: 'Hm, Norway.' }] };
      answer.chunk(delta({ role: 'assistant', content: [thought] }));
      answer.chunk(delta({ content: [{ type: 'text', text: 'Oslo is ' }] }));
      answer.text('cold.');
      answer.chunk(last({ usage: USAGE }));
      answer.done();
    },
  },
  // Comments, `reasoning` and usage with the finish reason: as recorded at git.secluded.site/fantasy-mirror (providertests/testdata).
  // `stream_options` is announced for removal: openrouter.ai/docs/client-sdks/python/components/chatstreamoptions; refused here: constructed.
  openrouter: {
    ...TAKES_ALL,
    refuses: ['stream_options'],
    roles: [...ROLES, 'developer'],
    stream: (answer) => {
      answer.write(': OPENROUTER PROCESSING\n\n');
      answer.chunk(delta({ role: 'assistant', content: '', reasoning: 'Hm, Norway.' }));
      answer.text('Oslo is ', 'cold.');
      answer.chunk(last({ usage: USAGE }));
      answer.done();
    },
  },
  // Its fields: docs.ollama.com/api/openai-compatibility. Chunks: constructed.
  ollama: {
    ...TAKES_ALL,
    key: null,
    stream: (answer, body) => {
      answer.chunk(delta({ role: 'assistant', content: '', reasoning: 'Hm, Norway.' }));
      answer.text('Oslo is ', 'cold.');
      usageBehind(answer, body);
    },
  },
};
