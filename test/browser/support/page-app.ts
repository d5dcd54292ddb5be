import { startScriptedApp, type ScriptedApp } from '../../support/scripted-app';
import { FaultyNetwork } from './network';

/** The whole product with its page, a model that says what the test wants, and a network that can fail in front of it. */
export interface PageApp extends ScriptedApp {
  /** What a visitor opens: the page by way of the network. */
  readonly url: string;
  readonly network: FaultyNetwork;
  close(): Promise<void>;
}

/**
 * Guests are let in and nothing is limited, unless the environment says otherwise. The model repeats each question: for something else
 * there are `model.answer(question, script)` and, step by step, `new PacedAnswer(model, pieces)`. `ana` is an API client of a guest.
 */
export async function startPageApp(environment: Readonly<Record<string, string>> = {}): Promise<PageApp> {
  const app = await startScriptedApp(environment);
  const network = await FaultyNetwork.before(app.parley.url);
  const close = async () => {
    await network.close();
    await app.parley.close();
  };
  return { ...app, url: network.url, network, close };
}
