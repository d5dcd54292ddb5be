import { generatedClientContract } from './generated-client.contract';

describe('A client of hey-api', () => {
  generatedClientContract({
    name: 'hey-api',
    command: [
      'openapi-ts',
      '--input',
      '../../../docs/openapi.json',
      '--output',
      'generated',
      '--no-log-file',
    ],
  });
});
