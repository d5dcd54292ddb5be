import type { Locator, Page } from 'playwright-core';
import type { Visitor } from './visitor';

interface Tried {
  readonly status: number;
  /** The body as it is shown. */
  readonly text: string;
}

/** Swagger UI as somebody uses it. */
export class SwaggerPage {
  readonly operations: Locator;

  private constructor(readonly page: Page) {
    this.operations = page.locator('.opblock');
  }

  static async open(visitor: Visitor): Promise<SwaggerPage> {
    const swagger = new SwaggerPage(await visitor.open('/docs'));
    await swagger.operations.first().waitFor();
    return swagger;
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.operations.first().waitFor();
  }

  /** Once, for all operations. */
  async authorise(token: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Authorize', exact: true }).click();
    const dialog = this.page.locator('.modal-ux');
    await dialog.getByLabel('auth-bearer-value').fill(token);
    await dialog.getByRole('button', { name: 'Apply credentials' }).first().click();
    await dialog.getByRole('heading', { name: 'Authorized', exact: true }).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).first().click();
  }

  /** Opens an operation by its `operationId`, fills in parameters by their names and the body, and sends it. */
  async try(
    operationId: string,
    parameters: Readonly<Record<string, string>> = {},
    body?: object,
  ): Promise<Tried> {
    const operation = this.page.locator(`.opblock[id$="-${operationId}"]`);
    const execute = operation.getByRole('button', { name: 'Execute' });
    if (!(await execute.isVisible())) await operation.getByRole('button').first().click();
    for (const [name, value] of Object.entries(parameters))
      await operation.getByPlaceholder(name, { exact: true }).fill(value);
    if (body) await operation.locator('.body-param__text').fill(JSON.stringify(body));
    const clear = operation.getByRole('button', { name: 'Clear', exact: true });
    if (await clear.isVisible()) await clear.click(); // else the former answer would be read
    await execute.click();
    const answer = operation.locator('.live-responses-table tbody');
    const status = await answer.locator('.response-col_status').first().textContent();
    return { status: parseInt(status!), text: (await answer.locator('pre').first().textContent())! };
  }
}
