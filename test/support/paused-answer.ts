import { newGate } from './gate';
import type { ScriptedModelServer } from './scripted-model-server';

/** An answer that stops in the middle until the test lets it go on. */
export interface PausedAnswer {
  readonly question: string;
  /** The part before the pause. */
  readonly beginning: string;
  readonly text: string;
  readonly goOn: () => void;
}

let asked = 0;

/** Has the model pause after the first texts. The question is one that nobody else asks. */
export function pauseAnswer(
  model: ScriptedModelServer,
  first: readonly string[] = ['Oslo ', 'is '],
  rest: readonly string[] = ['cold', ' 😀.'],
): PausedAnswer {
  const gate = newGate();
  const question = `Where is it cold? ${++asked}`;
  model.answer(question, async (answer) => {
    answer.headers();
    answer.text(...first);
    await Promise.race([gate.opened, answer.ended]);
    answer.whole(...rest);
  });
  const beginning = first.join('');
  return { question, beginning, text: beginning + rest.join(''), goOn: gate.open };
}
