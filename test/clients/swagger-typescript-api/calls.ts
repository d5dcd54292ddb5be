import { EventSourceParserStream } from 'eventsource-parser/stream';
import { Refusal, type CallsOf } from '../calls';
import { Api, type HttpResponse } from './generated/parley/Api';

export const callsOf: CallsOf = ({ url, token, fetch }) => {
  const securityWorker = () => ({ headers: { ...(token && { Authorization: `Bearer ${token}` }) } });
  const { api, v1, health } = new Api({ baseUrl: url, customFetch: fetch, securityWorker });
  return {
    usersMe: () => data(api.usersMe()),
    accountChange: ({ body }) => data(api.accountChange(body)),
    accountErase: ({ body }) => data(api.accountErase(body)),
    auditList: ({ query } = {}) => data(api.auditList(query)),
    authGuest: ({ body }) => data(api.authGuest(body)),
    authRegister: ({ body }) => data(api.authRegister(body)),
    authLogin: ({ body }) => data(api.authLogin(body)),
    authRefresh: ({ body }) => data(api.authRefresh(body)),
    authLogout: () => data(api.authLogout()),
    authTicket: () => data(api.authTicket()),
    sessionsList: ({ query } = {}) => data(api.sessionsList(query)),
    sessionsEndOthers: () => data(api.sessionsEndOthers()),
    sessionsEnd: ({ path }) => data(api.sessionsEnd(path.id)),
    apiKeysCreate: ({ body }) => data(api.apiKeysCreate(body)),
    apiKeysList: ({ query } = {}) => data(api.apiKeysList(query)),
    apiKeysEnd: ({ path }) => data(api.apiKeysEnd(path.id)),
    passwordsChange: ({ body }) => data(api.passwordsChange(body)),
    modelsList: () => data(api.modelsList()),
    conversationsCreate: ({ header, body }) =>
      data(api.conversationsCreate(body, { headers: { ...header } })),
    conversationsList: ({ query } = {}) => data(api.conversationsList(query)),
    conversationsDeleteAll: () => data(api.conversationsDeleteAll()),
    conversationsExport: ({ path, query }) => data(api.conversationsExport(path.id, query)),
    conversationsGet: ({ path }) => data(api.conversationsGet(path.id)),
    conversationsChange: ({ path, body }) => data(api.conversationsChange(path.id, body)),
    conversationsDelete: ({ path }) => data(api.conversationsDelete(path.id)),
    messageStreamsSend: ({ path, header, body }) =>
      events(api.messageStreamsSend(path.id, body, { headers: { ...header } })),
    messageStreamsRegenerate: ({ path, header, body }) =>
      events(api.messageStreamsRegenerate(path.id, path.replyId, body, { headers: { ...header } })),
    messageStreamsRejoin: ({ path, query, header }) =>
      events(api.messageStreamsRejoin(path.id, path.replyId, query, { headers: { ...header } })),
    messagesList: ({ path, query }) => data(api.messagesList(path.id, query)),
    messagesSend: ({ path, header, body }) =>
      data(api.messagesSend(path.id, body, { headers: { ...header } })),
    messagesRegenerate: ({ path, header, body }) =>
      data(api.messagesRegenerate(path.id, path.replyId, body, { headers: { ...header } })),
    messagesGet: ({ path }) => data(api.messagesGet(path.id, path.messageId)),
    messagesContext: ({ path }) => data(api.messagesContext(path.id, path.messageId)),
    messagesCancel: ({ path }) => data(api.messagesCancel(path.id, path.replyId)),
    questionsAsk: ({ header, body }) => data(api.questionsAsk(body, { headers: { ...header } })),
    questionsList: ({ query } = {}) => data(api.questionsList(query)),
    questionsGet: ({ path }) => data(api.questionsGet(path.id)),
    completionsList: () => data(v1.completionsList()),
    completionsCreate: ({ header, body }) => data(v1.completionsCreate(body, { headers: { ...header } })),
    accountExport: () => text(api.accountExport()),
    usageReport: ({ query } = {}) => data(api.usageReport(query)),
    adminUsersList: ({ query } = {}) => data(api.adminUsersList(query)),
    adminUsersGet: ({ path }) => data(api.adminUsersGet(path.id)),
    adminUsersChange: ({ path, body }) => data(api.adminUsersChange(path.id, body)),
    adminUsersErase: ({ path }) => data(api.adminUsersErase(path.id)),
    adminUsersEndSessions: ({ path }) => data(api.adminUsersEndSessions(path.id)),
    healthLive: () => data(health.healthLive()),
    healthReady: () => data(health.healthReady()),
    healthOverall: () => data(health.healthOverall()),
  };
};

async function data<Data>(call: Promise<HttpResponse<Data>>): Promise<Data> {
  return (await call.catch(refuse)).data;
}

/** Where a good answer has no JSON it leaves the body to others. */
async function events<Event>(call: Promise<Response>): Promise<AsyncIterable<Event>> {
  return parse((await call.catch(refuse)).body!);
}

async function* parse<Event>(bytes: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Event> {
  const messages = bytes.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { data } of messages) yield JSON.parse(data) as Event;
}

const text = async (call: Promise<Response>): Promise<string> => (await call.catch(refuse)).text();

/** What is not a 2xx is thrown as the response: with the body as `error`, if a good one has JSON. */
async function refuse(response: HttpResponse<unknown>): Promise<never> {
  throw new Refusal(response.error ?? (await response.json()));
}
