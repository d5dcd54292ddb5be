import contract from '../../docs/openapi.json';
import { VARIABLES } from '../../src/config/environment';
import { OPERATIONS } from '../support/operations';

/** Every operation that answers with something to sign in by, and all that it asks for. */
const WAYS: Readonly<Record<string, { readonly asks: string[]; readonly gives: string[] }>> = {
  'POST /api/v1/auth/api-keys': { asks: ['expiresAt', 'name', 'scopes'], gives: ['key'] },
  'POST /api/v1/auth/guest': { asks: ['transport'], gives: ['accessToken', 'refreshToken'] },
  'POST /api/v1/auth/login': {
    asks: ['password', 'transport', 'username'],
    gives: ['accessToken', 'refreshToken'],
  },
  'POST /api/v1/auth/refresh': { asks: ['refreshToken'], gives: ['accessToken', 'refreshToken'] },
  'POST /api/v1/auth/register': {
    asks: ['displayName', 'password', 'transport', 'username'],
    gives: ['accessToken', 'refreshToken'],
  },
  'POST /api/v1/auth/ws-ticket': { asks: [], gives: ['ticket'] },
};

/** Every operation that somebody sends a secret to. */
const TAKING_SECRETS = [
  'DELETE /api/v1/users/me',
  'POST /api/v1/auth/login',
  'POST /api/v1/auth/refresh',
  'POST /api/v1/auth/register',
  'PUT /api/v1/users/me/password',
];

const OPENS = /^(accessToken|refreshToken|idToken|token|key|ticket|secret|cookie)$/;
const SECRET = /^(password|passphrase|token|key|ticket|secret)$/;

const ONE_TIME_CODE = /^(otp|totp|hotp|code|pin|lookup|backup|recovery|challenge|factor|mfa|2fa)s?$/;
const OUT_OF_BAND = /^(email|mail|phone|mobile|sms|push|device|telephone|smtp|twilio)s?$/;
const HINT = /^(hint|reminder|secret|security)s?$/;
const IDENTITY_PROVIDER =
  /^(oidc|oauth|oauth2|openid|saml|sso|idp|ldap|assertion|callback|authorize|federation)s?$/;
const INITIAL_SECRET = /^(password|passphrase|activation|invitation|initial|temporary|otp|pin)s?$/;

/** `currentPassword`, `PASSWORD_BREACH_LIST` and `/users/{id}/api-keys` by their words, in lower case. */
const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/);

const withWords = (names: readonly string[], words: RegExp): string[] =>
  names.filter((name) => wordsOf(name).some((word) => words.test(word)));

/** Settings that are about something else, by their beginnings. */
const ELSEWHERE = /^(LLM|JWT)_/;

/** Whatever can be said to Parley, by whoever calls and by whoever runs it. */
const INPUTS = [
  ...OPERATIONS.flatMap(({ name, asks, parameters }) => [name, ...asks, ...parameters]),
  ...Object.keys(VARIABLES).filter((name) => !ELSEWHERE.test(name)),
];

describe('The ways to sign in', () => {
  it('are these operations of the contract, and no other', () => {
    const found = OPERATIONS.map(
      ({ name, gives }) => [name, gives.filter((field) => OPENS.test(field))] as const,
    );
    const opening = found.filter(([, gives]) => gives.length > 0);
    const expected = Object.entries(WAYS).map(([name, { gives }]) => [name, gives]);
    expect(opening.toSorted()).toEqual(expected);
  });

  it.each(Object.entries(WAYS))('ask for what is listed, and nothing more: %s', (way, { asks }) => {
    const { asks: asked, parameters } = OPERATIONS.find(({ name }) => name === way)!;
    expect({ asked, parameters }).toEqual({ asked: asks, parameters: [] });
  });

  it('are nearly all that takes a secret: a few more operations do', () => {
    const taking = OPERATIONS.filter(({ asks }) => withWords(asks, SECRET).length > 0);
    expect(taking.map(({ name }) => name).sort()).toEqual(TAKING_SECRETS);
  });

  it('lead to a bearer token or the refresh cookie, which alone tell who calls', () => {
    const { securitySchemes } = contract.components;
    expect(Object.keys(securitySchemes).sort()).toEqual(['bearer', 'cookie']);
    expect(securitySchemes).toMatchObject({ bearer: { scheme: 'bearer' }, cookie: { in: 'cookie' } });
  });

  it.each([
    ['one-time codes, lookup secrets or second factors', ONE_TIME_CODE],
    ['e-mail, telephones, text messages or other devices', OUT_OF_BAND],
    ['password hints or secret questions', HINT],
    ['identity providers', IDENTITY_PROVIDER],
  ])('know no %s', (_what, words) => {
    expect(withWords(INPUTS, words)).toEqual([]);
  });

  it('give out no password and no activation code', () => {
    const given = OPERATIONS.flatMap(({ gives }) => gives);
    expect(withWords(given, INITIAL_SECRET)).toEqual([]);
  });
});
