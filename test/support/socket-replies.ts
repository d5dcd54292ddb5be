import { pauseAnswer } from './paused-answer';
import type { ScriptedModelServer } from './scripted-model-server';
import type { SocketClient } from './socket-client';

/** Asks a question, in a new conversation where none is named; the request's id. */
export const sendOver = (
  socket: SocketClient,
  content: string,
  conversationId: string | null = null,
  more: object = {},
): string => socket.ask({ type: 'message.send', conversationId, content, ...more });

/** An answer that has begun and waits, in a conversation of its own. */
export async function beginOver(socket: SocketClient, model: ScriptedModelServer) {
  const answer = pauseAnswer(model);
  const requestId = sendOver(socket, answer.question);
  const { reply } = await socket.created(requestId);
  await socket.hears(requestId, answer.beginning);
  const place = { conversationId: reply.conversationId, messageId: reply.id };
  return { ...answer, requestId, reply, place };
}
