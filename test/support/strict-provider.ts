import type { ScriptedAnswer } from './scripted-answer';
import { ScriptedModelServer, type ModelCall } from './scripted-model-server';

type Body = Readonly<Record<string, unknown>>;

/** What a provider takes, as it has been seen to, and how it answers. */
export interface ProviderRules {
  /** Members that it knows; others are refused. Null: it drops what it does not know. */
  readonly members: readonly string[] | null;
  /** Members that it refuses though others know them. */
  readonly refuses: readonly string[];
  /** Its status for a member that it does not take. */
  readonly refusal: number;
  /** Roles of messages that it takes. */
  readonly roles: readonly string[];
  /** Models that refuse a system message. */
  readonly withoutSystem?: RegExp;
  /** Null: it wants no key. */
  readonly key: string | null;
  /** "Oslo is cold.", as it streams that. */
  readonly stream: (answer: ScriptedAnswer, body: Body) => void;
}

/** A provider that refuses whatever it would refuse in truth. */
export async function startStrictProvider(rules: ProviderRules): Promise<ScriptedModelServer> {
  const server = await ScriptedModelServer.start();
  return server.answerAll((answer, call) => {
    const body = call.body as unknown as Body;
    const fault = faultIn(rules, call, body);
    if (fault) return answer.refuse(...fault);
    if (body.stream === true) return rules.stream(answer, body);
    return answer.completion('Oslo is cold.');
  });
}

function faultIn(rules: ProviderRules, { headers }: ModelCall, body: Body): [number, string] | null {
  const wanted = rules.key === null ? undefined : `Bearer ${rules.key}`;
  if (headers.authorization !== wanted) return [401, 'Incorrect API key provided.'];
  for (const name of Object.keys(body)) {
    if (rules.refuses.includes(name)) return [rules.refusal, `Unsupported parameter: '${name}'.`];
    if (rules.members && !rules.members.includes(name)) return [rules.refusal, `Extra input: '${name}'.`];
  }
  for (const { role } of body.messages as { role: string }[]) {
    if (!rules.roles.includes(role)) return [400, `Unknown role: '${role}'.`];
    if (role === 'system' && rules.withoutSystem?.test(body.model as string))
      return [400, 'Developer instruction is not enabled.'];
  }
  return null;
}
