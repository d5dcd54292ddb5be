import { once } from 'node:events';
import { DomainError } from '../../src/common/errors/domain-error';
import { DemoChatModel } from '../../src/llm/demo/demo-chat-model';
import { FakeChatModel, silence } from '../fakes/fake-chat-model';
import { routed } from '../support/models-on-trial';
import { OpenAiOnTrial } from '../support/openai-on-trial';
import type { AnswerScript, ScriptedModelServer } from '../support/scripted-model-server';
import type { Answer, ModelOnTrial } from '../support/model-on-trial';
import { chatModelContract, scriptedChatModelContract } from './chat-model.contract';

describe('FakeChatModel', () => {
  const onTrial = (model: FakeChatModel): ModelOnTrial => ({
    model,
    idle: () => allEnded(model),
  });
  chatModelContract(
    () => onTrial(new FakeChatModel('Hi', ' there').answer('one', '1', '.').answer('two', '2', '.')),
    () => onTrial(new FakeChatModel('Hi', silence)),
  );
  scriptedChatModelContract((answer) => onTrial(new FakeChatModel(...toScript(answer))));
});

describe('RoutedChatModel', () => {
  const onTrial = (fake: FakeChatModel): ModelOnTrial => {
    const { model } = routed({ custom: fake });
    return { model, idle: () => allEnded(fake) };
  };
  chatModelContract(
    () => onTrial(new FakeChatModel('Hi', ' there').answer('one', '1', '.').answer('two', '2', '.')),
    () => onTrial(new FakeChatModel('Hi', silence)),
  );
  scriptedChatModelContract((answer) => onTrial(new FakeChatModel(...toScript(answer))));
});

describe('DemoChatModel', () => {
  const onTrial = (wordCount: number): ModelOnTrial => {
    let waiting = 0;
    const model = new DemoChatModel(async (signal) => {
      if (wordCount-- > 0) return;
      waiting += 1;
      await once(signal, 'abort');
      waiting -= 1;
    });
    return { model, idle: () => Promise.resolve(expect(waiting).toBe(0)) };
  };
  chatModelContract(
    () => onTrial(Infinity),
    () => onTrial(3),
  );
});

describe('OpenAiChatModel', () => {
  let trial: OpenAiOnTrial;
  beforeEach(async () => {
    trial = await OpenAiOnTrial.start();
  });
  afterEach(() => trial.server.close());

  const onTrial = (script: AnswerScript): ModelOnTrial => {
    trial.server.answerAll(script);
    return { model: trial.open(), idle: () => allEnded(trial.server) };
  };
  chatModelContract(
    () =>
      onTrial((answer, { question, body }) => {
        if (body.stream === true) answer.whole('You said: ', question);
        else answer.completion('You said: ', question);
      }),
    () =>
      onTrial(async (answer, { body }) => {
        if (body.stream === true) answer.text('Hi');
        await answer.hang();
      }),
  );
  scriptedChatModelContract(({ texts, finish, usage }) =>
    onTrial((answer) => {
      answer.text(...texts);
      if (finish) answer.finish(finish);
      if (usage) answer.usage();
      answer.done();
    }),
  );
});

async function allEnded({ calls }: FakeChatModel | ScriptedModelServer): Promise<void> {
  await Promise.all(calls.map(({ ended }) => ended));
}

/** A model that never says that it has finished shows itself to the port's users as one that failed. */
function toScript({ texts, finish, usage }: Answer) {
  const unfinished = new DomainError('model_failed', 'The script has no finish.');
  return [
    ...texts,
    finish && texts.length > 0 ? ({ type: 'finish', reason: finish, usage } as const) : unfinished,
  ];
}
