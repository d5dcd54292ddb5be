// Lints docs/openapi.json and docs/asyncapi.json with Spectral and Redocly: `npm run lint:contract`. A warning counts as well.
import { createConfig, lint } from '@redocly/openapi-core';
import spectralCore from '@stoplight/spectral-core';
import parsers from '@stoplight/spectral-parsers';
import rulesets from '@stoplight/spectral-rulesets';
import { readFileSync } from 'node:fs';

const DOCUMENTS = ['docs/openapi.json', 'docs/asyncapi.json'];

const spectral = new spectralCore.Spectral();
spectral.setRuleset({
  extends: [rulesets.oas, rulesets.asyncapi],
  rules: {
    'asyncapi-latest-version': 'off', // readers of 3.1 are few, and we use nothing of it
    'asyncapi-info-contact-properties': 'off', // there is no address to write to
  },
});
const redocly = {
  'docs/openapi.json': await createConfig({ extends: ['recommended-strict'] }),
  // Who is there is said in the first frame: AsyncAPI has no scheme for that.
  'docs/asyncapi.json': await createConfig({
    extends: ['recommended-strict'],
    rules: { 'security-defined': 'off' },
  }),
};

const found = [];
for (const path of DOCUMENTS) {
  const document = new spectralCore.Document(readFileSync(path, 'utf8'), parsers.Json, path);
  for (const { code, message, path: place } of await spectral.run(document))
    found.push(`${path}#/${place.join('/')}: ${message} (spectral: ${code})`);
  for (const { ruleId, message, location } of await lint({ ref: path, config: redocly[path] }))
    found.push(`${path}${location[0]?.pointer ?? ''}: ${message} (redocly: ${ruleId})`);
}
for (const line of found) console.error(line);
process.exitCode = found.length === 0 ? 0 : 1;
