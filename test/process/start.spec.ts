import { ParleyProcess } from '../support/parley-process';

describe('A start that cannot work', () => {
  const outputOf = async (environment: Readonly<Record<string, string>>) => {
    const parley = ParleyProcess.launch(environment);
    return { status: await parley.ended, output: parley.output };
  };

  it('names every bad variable and no value', async () => {
    const { status, output } = await outputOf({ PORT: 'eighty', LIMIT_SEND: 'a few', JWT_SECRET: 'short' });
    expect(status).toBe(1);
    for (const name of ['PORT', 'LIMIT_SEND', 'JWT_SECRET']) expect(output).toContain(`${name}: expected`);
    for (const value of ['eighty', 'a few', 'short']) expect(output).not.toContain(value);
  });

  it('invents neither a secret nor a database in production', async () => {
    const { status, output } = await outputOf({ NODE_ENV: 'production' });
    expect(status).toBe(1);
    expect(output).toMatch(/DATABASE_URL: is required in production/);
    expect(output).toMatch(/JWT_SECRET: is required in production/);
  });

  it('says which models there are when the default is none of them', async () => {
    const { status, output } = await outputOf({
      DATABASE_URL: process.env.TEST_DATABASE_SERVER!,
      MIGRATIONS: 'manual',
      LLM_DEFAULT_MODEL: 'no/such',
    });
    expect(status).toBe(1);
    expect(output).toMatch(/LLM_DEFAULT_MODEL.*demo\/demo/s);
  });

  it('does not show the password of a database that it cannot reach', async () => {
    const { status, output } = await outputOf({
      DATABASE_URL: 'postgres://parley:canary-password@127.0.0.1:1/parley',
    });
    expect(status).toBe(1);
    expect(output).toContain('ECONNREFUSED');
    expect(output).not.toContain('canary-password');
  });
});
