import { toUsage } from '../conversations/message.mapper';
import type { Exchange } from '../conversations/turns.service';
import type { Question } from './question';
import type { QuestionResponse } from './question.dto';

export const toQuestion = ({ message, reply }: Exchange): Question => ({
  ...reply,
  question: message.content,
  answer: reply.content,
});

export function toQuestionResponse(asked: Question): QuestionResponse {
  const { id, question, answer, status, model, createdAt } = asked;
  return {
    ...{ id, question, status, model: model! },
    answer: hasAnswer(asked) ? answer : null,
    usage: toUsage(asked),
    createdAt: createdAt.toISOString(),
  };
}

/** A part of one is none yet: whoever asks again and again takes the first that is not null. */
const hasAnswer = ({ status, answer }: Question): boolean =>
  status === 'completed' || ((status === 'failed' || status === 'cancelled') && answer !== '');
