import { generatedClientContract } from './generated-client.contract';

describe('A client of openapi-typescript and openapi-fetch', () => {
  generatedClientContract({ name: 'openapi-fetch', program: 'openapi-typescript' });
});
