import { EventSourceParserStream } from 'eventsource-parser/stream';
import createClient from 'openapi-fetch';
import { Refusal, type CallsOf } from '../calls';
import type { paths } from './generated/parley';

export const callsOf: CallsOf = ({ url, token, fetch }) => {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const client = createClient<paths>({ baseUrl: url, fetch, headers });
  return {
    usersMe: () => data(client.GET('/api/v1/users/me')),
    accountChange: ({ body }) => data(client.PATCH('/api/v1/users/me', { body })),
    accountErase: ({ body }) => data(client.DELETE('/api/v1/users/me', { body })),
    auditList: (params = {}) => data(client.GET('/api/v1/audit', { params })),
    authGuest: ({ body }) => data(client.POST('/api/v1/auth/guest', { body })),
    authRegister: ({ body }) => data(client.POST('/api/v1/auth/register', { body })),
    authLogin: ({ body }) => data(client.POST('/api/v1/auth/login', { body })),
    authRefresh: ({ body }) => data(client.POST('/api/v1/auth/refresh', { body })),
    authLogout: () => data(client.POST('/api/v1/auth/logout')),
    authTicket: () => data(client.POST('/api/v1/auth/ws-ticket')),
    sessionsList: (params = {}) => data(client.GET('/api/v1/auth/sessions', { params })),
    sessionsEndOthers: () => data(client.DELETE('/api/v1/auth/sessions')),
    sessionsEnd: (params) => data(client.DELETE('/api/v1/auth/sessions/{id}', { params })),
    apiKeysCreate: ({ body }) => data(client.POST('/api/v1/auth/api-keys', { body })),
    apiKeysList: (params = {}) => data(client.GET('/api/v1/auth/api-keys', { params })),
    apiKeysEnd: (params) => data(client.DELETE('/api/v1/auth/api-keys/{id}', { params })),
    passwordsChange: ({ body }) => data(client.PUT('/api/v1/users/me/password', { body })),
    modelsList: () => data(client.GET('/api/v1/models')),
    conversationsCreate: ({ body, ...params }) =>
      data(client.POST('/api/v1/conversations', { params, body })),
    conversationsList: (params = {}) => data(client.GET('/api/v1/conversations', { params })),
    conversationsDeleteAll: () => data(client.DELETE('/api/v1/conversations')),
    conversationsExport: (params) => data(client.GET('/api/v1/conversations/{id}/export', { params })),
    conversationsGet: (params) => data(client.GET('/api/v1/conversations/{id}', { params })),
    conversationsChange: ({ body, ...params }) =>
      data(client.PATCH('/api/v1/conversations/{id}', { params, body })),
    conversationsDelete: (params) => data(client.DELETE('/api/v1/conversations/{id}', { params })),
    messageStreamsSend: ({ body, ...params }) =>
      events(client.POST('/api/v1/conversations/{id}/messages/stream', { params, body, parseAs: 'stream' })),
    messageStreamsRegenerate: ({ body, ...params }) =>
      events(
        client.POST('/api/v1/conversations/{id}/messages/{replyId}/regenerate/stream', {
          params,
          body,
          parseAs: 'stream',
        }),
      ),
    messageStreamsRejoin: (params) =>
      events(
        client.GET('/api/v1/conversations/{id}/messages/{replyId}/stream', { params, parseAs: 'stream' }),
      ),
    messagesList: (params) => data(client.GET('/api/v1/conversations/{id}/messages', { params })),
    messagesSend: ({ body, ...params }) =>
      data(client.POST('/api/v1/conversations/{id}/messages', { params, body })),
    messagesRegenerate: ({ body, ...params }) =>
      data(client.POST('/api/v1/conversations/{id}/messages/{replyId}/regenerate', { params, body })),
    messagesGet: (params) => data(client.GET('/api/v1/conversations/{id}/messages/{messageId}', { params })),
    messagesContext: (params) =>
      data(client.GET('/api/v1/conversations/{id}/messages/{messageId}/context', { params })),
    messagesCancel: (params) =>
      data(client.POST('/api/v1/conversations/{id}/messages/{replyId}/cancel', { params })),
    questionsAsk: ({ body, ...params }) => data(client.POST('/api/v1/questions', { params, body })),
    questionsList: (params = {}) => data(client.GET('/api/v1/questions', { params })),
    questionsGet: (params) => data(client.GET('/api/v1/questions/{id}', { params })),
    completionsList: () => data(client.GET('/v1/models')),
    completionsCreate: ({ body, ...params }) => data(client.POST('/v1/chat/completions', { params, body })),
    accountExport: () => data(client.GET('/api/v1/users/me/export', { parseAs: 'text' })),
    usageReport: (params = {}) => data(client.GET('/api/v1/users/me/usage', { params })),
    adminUsersList: (params = {}) => data(client.GET('/api/v1/users', { params })),
    adminUsersGet: (params) => data(client.GET('/api/v1/users/{id}', { params })),
    adminUsersChange: ({ body, ...params }) => data(client.PATCH('/api/v1/users/{id}', { params, body })),
    adminUsersErase: (params) => data(client.DELETE('/api/v1/users/{id}', { params })),
    adminUsersEndSessions: (params) => data(client.DELETE('/api/v1/users/{id}/sessions', { params })),
    healthLive: () => data(client.GET('/health/live')),
    healthReady: () => data(client.GET('/health/ready')),
    healthOverall: () => data(client.GET('/health')),
  };
};

async function data<Data>(call: Promise<{ data?: Data; error?: unknown }>): Promise<Data> {
  const { data, error } = await call;
  if (error !== undefined) throw new Refusal(error);
  return data as Data; // none with 204
}

type Streamed = Promise<{ data?: ReadableStream<Uint8Array<ArrayBuffer>> | null; error?: unknown }>;

/** openapi-fetch gives the bytes: to find the events in them is for others, and what they hold is what the contract says. */
async function events<Event>(call: Streamed): Promise<AsyncIterable<Event>> {
  return parse((await data(call))!);
}

async function* parse<Event>(bytes: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Event> {
  const messages = bytes.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { data } of messages) yield JSON.parse(data) as Event;
}
