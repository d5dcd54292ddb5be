import { APIConnectionTimeoutError } from 'openai';
import { toModelError } from './openai-error';

describe('an error of the OpenAI SDK', () => {
  it("is a model's time-out when the SDK has waited too long", () => {
    const cause = new APIConnectionTimeoutError();
    expect(toModelError(cause)).toMatchObject({ code: 'model_timeout', cause });
  });
});
