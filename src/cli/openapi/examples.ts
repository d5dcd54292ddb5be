import type { Json } from './operations';

const [ACCOUNT, CONVERSATION, QUESTION, REPLY, SESSION, KEY] = [
  '01999d2a-0b5e-7d02-9a61-5b6c1f0e7a10',
  '01999d2a-1c44-7a3e-8f0d-2e9b7c5d4f21',
  '01999d2a-2d10-7b58-a1c3-6d8e0f9a3b32',
  '01999d2a-2d10-7f6b-b2d4-7e9f1a0b4c43',
  '01999d2a-0b5f-7c20-8b72-6c7d2a1f8b54',
  '01999d2a-0b60-7e31-9c83-7d8e3b2a9c65',
];
const [AT, LATER] = ['2026-11-28T12:00:00.000Z', '2026-11-28T12:00:02.125Z'];
const MODEL = 'openai/gpt-4.1-mini';
const PASSWORD = 'quartz lemon bridge';
const USAGE = { promptTokens: 14, completionTokens: 9, totalTokens: 23, estimated: false };
const PROFILE = { displayName: 'Ana', kind: 'member', role: 'user', defaultModel: null, createdAt: AT };
const USER = { id: ACCOUNT, username: 'ana', ...PROFILE };
const API_KEY = {
  ...{ id: KEY, name: 'A script', prefix: 'pk_3fQ9', scopes: ['chat'] },
  ...{ createdAt: AT, lastUsedAt: null, expiresAt: null },
};

const MESSAGE = {
  ...{ id: QUESTION, conversationId: CONVERSATION, parentId: null, role: 'user', status: 'completed' },
  ...{ content: 'Where is it cold?', model: null, finishReason: null, usage: null, error: null },
  ...{ siblingIds: [QUESTION], createdAt: AT, completedAt: AT },
};
const ANSWER = {
  ...{ id: REPLY, conversationId: CONVERSATION, parentId: QUESTION, role: 'assistant', status: 'completed' },
  ...{ content: 'In Oslo, for one.', model: MODEL, finishReason: 'stop', usage: USAGE, error: null },
  ...{ siblingIds: [REPLY], createdAt: AT, completedAt: LATER },
};
const PENDING = {
  ...ANSWER,
  ...{ status: 'pending', content: '', finishReason: null, usage: null, completedAt: null },
};

const CHAT = {
  ...{ id: CONVERSATION, title: 'Where is it cold?', model: null, systemPrompt: null, pinned: false },
  ...{ archived: false, metadata: {}, activeLeafId: REPLY, messageCount: 2 },
  ...{ lastMessageAt: LATER, createdAt: AT, updatedAt: LATER },
};

/** A whole example of each schema that people meet first, by its name. */
export const EXAMPLES: Readonly<Record<string, Json>> = {
  GuestDto: {},
  RegisterDto: { username: 'ana', password: PASSWORD, displayName: 'Ana' },
  LoginDto: { username: 'ana', password: PASSWORD },
  RefreshDto: { refreshToken: 'rt_2w8YkZ0hJ5sVb1cQ' },
  TokensResponse: {
    ...{ accessToken: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMTk5In0.c2ln', tokenType: 'Bearer', expiresIn: 600 },
    ...{ refreshToken: 'rt_2w8YkZ0hJ5sVb1cQ', user: USER },
  },
  UserResponse: USER,
  ChangeProfileDto: { displayName: 'Ana' },
  ChangePasswordDto: { currentPassword: PASSWORD, newPassword: 'marble kite orchard' },
  EraseAccountDto: { password: PASSWORD },
  AdminUserResponse: { ...USER, disabledAt: null, quotaTokens: 100_000, lastSeenAt: LATER },
  AdministerUserDto: { disabled: false, quotaTokens: 100_000 },
  SessionResponse: {
    ...{ id: SESSION, userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0', ip: '192.0.2.7' },
    ...{ createdAt: AT, lastUsedAt: LATER, expiresAt: '2026-12-28T12:00:00.000Z', current: true },
  },
  TicketResponse: { ticket: 'wt_9sJ2mX7kQ4', expiresIn: 30 },
  CreateApiKeyDto: { name: 'A script', scopes: ['chat'] },
  ApiKeyResponse: API_KEY,
  CreatedApiKeyResponse: { ...API_KEY, key: 'pk_3fQ9xN7vT2bM5cR8' },
  CreateConversationDto: {
    title: 'A trip',
    systemPrompt: 'Answer in one sentence.',
    metadata: { team: 'travel' },
  },
  ChangeConversationDto: { title: 'A trip to Oslo', pinned: true },
  ConversationResponse: CHAT,
  ConversationExportResponse: { conversation: CHAT, messages: [MESSAGE, ANSWER] },
  SendMessageDto: { content: 'Where is it cold?' },
  RegenerateDto: {},
  MessageResponse: ANSWER,
  ExchangeResponse: { message: MESSAGE, reply: ANSWER },
  ReplyContextResponse: {
    ...{ model: MODEL, windowTokens: 1_047_576, promptTokens: 14, systemPrompt: null },
    ...{ messageIds: [QUESTION], droppedIds: [], droppedCount: 0 },
  },
  MessageCreatedEvent: { type: 'message.created', message: MESSAGE, reply: PENDING },
  MessageDeltaEvent: { type: 'message.delta', messageId: REPLY, delta: 'In Oslo, ' },
  MessageEndedEvent: { type: 'message.completed', message: ANSWER },
  ReconnectEvent: { type: 'reconnect', retryAfterMs: 500 },
  AskQuestionDto: { question: 'Where is it cold?' },
  QuestionResponse: {
    ...{ id: REPLY, question: 'Where is it cold?', answer: 'In Oslo, for one.', status: 'completed' },
    ...{ model: MODEL, usage: USAGE, createdAt: AT },
  },
  ModelResponse: {
    ...{ id: MODEL, provider: 'openai', contextTokens: 1_047_576, maxOutputTokens: 32_768, available: true },
  },
  UsageOfDayResponse: { day: '2026-11-28', model: MODEL, replies: 1, promptTokens: 14, completionTokens: 9 },
  QuotaResponse: { period: 'month', limitTokens: null, usedTokens: 23, resetsAt: '2026-12-01T00:00:00.000Z' },
  AuditEventResponse: {
    ...{ id: SESSION, action: 'sign_in.succeeded', userId: ACCOUNT, actorId: ACCOUNT, ip: '192.0.2.7' },
    ...{ userAgent: 'curl/8.5.0', detail: {}, createdAt: AT },
  },
  CreateCompletionDto: { model: MODEL, messages: [{ role: 'user', content: 'Where is it cold?' }] },
  HealthResponse: { status: 'ok', checks: { database: { status: 'up' }, migrations: { status: 'up' } } },
  OpenAiErrorResponse: {
    error: { message: 'Sign in first.', type: 'authentication_error', code: 'unauthenticated', param: null },
  },
};
