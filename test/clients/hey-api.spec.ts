import { generatedClientContract } from './generated-client.contract';

describe('A client of hey-api', () => {
  generatedClientContract({ name: 'hey-api', program: 'openapi-ts' });
});
