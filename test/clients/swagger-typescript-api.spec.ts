import { generatedClientContract } from './generated-client.contract';

describe('A client of swagger-typescript-api', () => {
  generatedClientContract({
    name: 'swagger-typescript-api',
    command: [
      'swagger-typescript-api',
      'generate',
      '--path',
      '../../../docs/openapi.json',
      '--output',
      'generated',
    ],
    unchecked: 'generated/Api.ts',
  });
});
