import type { Calls } from '../calls';
import { refusal } from './talking';

const QUESTION = 'Where is it cold?';

/** Single questions, of Parley and as OpenAI has them. */
export async function askAlone(guest: Calls): Promise<void> {
  const { data, default: model } = await guest.modelsList();
  expect(data).toMatchObject([{ id: model, provider: 'demo', available: true }]);
  await Promise.all([askParley(guest, model), askAsOpenAi(guest, model)]);
}

async function askParley(guest: Calls, model: string): Promise<void> {
  const asked = await guest.questionsAsk({ body: { question: QUESTION, model } });
  expect(asked).toMatchObject({ question: QUESTION, status: 'completed', model });
  expect(asked.answer).toContain(QUESTION);
  await expect(guest.questionsGet({ path: { id: asked.id } })).resolves.toEqual(asked);
  const listed = await guest.questionsList({ query: { limit: 1 } });
  expect(listed).toEqual({ data: [asked], hasMore: false, nextCursor: null });
  const unknown = guest.questionsAsk({ body: { question: QUESTION, model: 'demo/none' } });
  await expect(unknown).rejects.toMatchObject(refusal('unknown_model'));
}

async function askAsOpenAi(guest: Calls, model: string): Promise<void> {
  const { data } = await guest.completionsList();
  expect(data).toMatchObject([{ id: model, object: 'model' }]);
  const messages = [{ role: 'user' as const, content: QUESTION }];
  const completion = await guest.completionsCreate({ body: { model, messages } });
  const content = expect.stringContaining(QUESTION) as string;
  expect(completion).toMatchObject({ object: 'chat.completion', choices: [{ message: { content } }] });
}
