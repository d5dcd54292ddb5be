import { generatedClientContract } from './generated-client.contract';

describe('A client of swagger-typescript-api', () => {
  const name = 'swagger-typescript-api';
  generatedClientContract({ name, program: name, unchecked: 'parley/Api.ts' });
});
