import { Refusal, type CallsOf } from '../calls';
import { createClient } from './generated/parley/client';
import * as sdk from './generated/parley/sdk.gen';

export const callsOf: CallsOf = ({ url, token, fetch }) => {
  const client = createClient({
    baseUrl: url,
    fetch,
    auth: token,
  });
  const to = { client, throwOnError: true } as const;
  const once = { client, onSseError: refuseStream };
  return {
    usersMe: () => data(sdk.usersMe(to)),
    accountChange: ({ body }) => data(sdk.accountChange({ body, ...to })),
    accountErase: ({ body }) => data(sdk.accountErase({ body, ...to })),
    auditList: ({ query } = {}) => data(sdk.auditList({ query, ...to })),
    authGuest: ({ body }) => data(sdk.authGuest({ body, ...to })),
    authRegister: ({ body }) => data(sdk.authRegister({ body, ...to })),
    authLogin: ({ body }) => data(sdk.authLogin({ body, ...to })),
    authRefresh: ({ body }) => data(sdk.authRefresh({ body, ...to })),
    authLogout: () => data(sdk.authLogout(to)),
    authTicket: () => data(sdk.authTicket(to)),
    sessionsList: ({ query } = {}) => data(sdk.sessionsList({ query, ...to })),
    sessionsEndOthers: () => data(sdk.sessionsEndOthers(to)),
    sessionsEnd: ({ path }) => data(sdk.sessionsEnd({ path, ...to })),
    apiKeysCreate: ({ body }) => data(sdk.apiKeysCreate({ body, ...to })),
    apiKeysList: ({ query } = {}) => data(sdk.apiKeysList({ query, ...to })),
    apiKeysEnd: ({ path }) => data(sdk.apiKeysEnd({ path, ...to })),
    passwordsChange: ({ body }) => data(sdk.passwordsChange({ body, ...to })),
    modelsList: () => data(sdk.modelsList(to)),
    conversationsCreate: ({ header, body }) =>
      data(sdk.conversationsCreate({ headers: header, body, ...to })),
    conversationsList: ({ query } = {}) => data(sdk.conversationsList({ query, ...to })),
    conversationsDeleteAll: () => data(sdk.conversationsDeleteAll(to)),
    conversationsExport: ({ path, query }) => data(sdk.conversationsExport({ path, query, ...to })),
    conversationsGet: ({ path }) => data(sdk.conversationsGet({ path, ...to })),
    conversationsChange: ({ path, body }) => data(sdk.conversationsChange({ path, body, ...to })),
    conversationsDelete: ({ path }) => data(sdk.conversationsDelete({ path, ...to })),
    messageStreamsSend: ({ path, header, body }) =>
      events(sdk.messageStreamsSend({ path, headers: header, body, ...once })),
    messageStreamsRegenerate: ({ path, header, body }) =>
      events(sdk.messageStreamsRegenerate({ path, headers: header, body, ...once })),
    messageStreamsRejoin: ({ path, query, header }) =>
      events(sdk.messageStreamsRejoin({ path, query, headers: header, ...once })),
    messagesList: ({ path, query }) => data(sdk.messagesList({ path, query, ...to })),
    messagesSend: ({ path, header, body }) => data(sdk.messagesSend({ path, headers: header, body, ...to })),
    messagesRegenerate: ({ path, header, body }) =>
      data(sdk.messagesRegenerate({ path, headers: header, body, ...to })),
    messagesGet: ({ path }) => data(sdk.messagesGet({ path, ...to })),
    messagesContext: ({ path }) => data(sdk.messagesContext({ path, ...to })),
    messagesCancel: ({ path }) => data(sdk.messagesCancel({ path, ...to })),
    questionsAsk: ({ header, body }) => data(sdk.questionsAsk({ headers: header, body, ...to })),
    questionsList: ({ query } = {}) => data(sdk.questionsList({ query, ...to })),
    questionsGet: ({ path }) => data(sdk.questionsGet({ path, ...to })),
    completionsList: () => data(sdk.completionsList(to)),
    completionsCreate: ({ header, body }) => data(sdk.completionsCreate({ headers: header, body, ...to })),
    accountExport: () => data(sdk.accountExport({ parseAs: 'text', ...to })),
    usageReport: ({ query } = {}) => data(sdk.usageReport({ query, ...to })),
    adminUsersList: ({ query } = {}) => data(sdk.adminUsersList({ query, ...to })),
    adminUsersGet: ({ path }) => data(sdk.adminUsersGet({ path, ...to })),
    adminUsersChange: ({ path, body }) => data(sdk.adminUsersChange({ path, body, ...to })),
    adminUsersErase: ({ path }) => data(sdk.adminUsersErase({ path, ...to })),
    adminUsersEndSessions: ({ path }) => data(sdk.adminUsersEndSessions({ path, ...to })),
    healthLive: () => data(sdk.healthLive(to)),
    healthReady: () => data(sdk.healthReady(to)),
    healthOverall: () => data(sdk.healthOverall(to)),
  };
};

/** With `throwOnError` a refusal is thrown as its body. */
async function data<Data>(call: Promise<{ data: Data }>): Promise<Data> {
  return (await call.catch(refuse)).data;
}

async function events<Event>(
  call: Promise<{ stream: AsyncGenerator<Event> }>,
): Promise<AsyncIterable<Event>> {
  return (await call).stream;
}

function refuse(body: unknown): never {
  throw new Refusal(body);
}

/** All that it tells is a status. Without this it would try again for ever, and with a POST ask again. */
function refuseStream(error: unknown): never {
  throw new Refusal(String(error));
}
