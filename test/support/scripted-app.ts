import { Client } from './client';
import { startApp, type RunningApp } from './running-app';
import { ScriptedModelServer } from './scripted-model-server';

export interface ScriptedApp {
  /** Closing it closes the model, too. */
  readonly parley: RunningApp;
  readonly model: ScriptedModelServer;
  /** A guest. */
  readonly ana: Client;
}

/** Parley in front of a model whose answers the test writes, and somebody who is signed in. */
export async function startScriptedApp(
  environment: Readonly<Record<string, string>> = {},
): Promise<ScriptedApp> {
  const model = await ScriptedModelServer.start();
  const scripted = { LLM_BASE_URL: model.url, LLM_MODELS: 'scripted', ...environment };
  const app = await startApp(scripted).catch(async (error: unknown) => {
    await model.close(); // else the test run, which has failed, would not end
    throw error;
  });
  const close = () => app.close().finally(() => model.close());
  return { parley: { ...app, close }, model, ana: await Client.guest(app.url) };
}
