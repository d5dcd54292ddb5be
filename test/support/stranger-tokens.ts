import { JwtService } from '@nestjs/jwt';
import type { Stranger } from './call';
import { aMember, changeAccount, signedInAgain, withEndedSession } from './callers';
import { JWT_SECRET, type RunningApp } from './running-app';

/** What lets nobody in; null: no token at all. */
export async function strangerTokens(parley: RunningApp): Promise<Readonly<Record<Stranger, string | null>>> {
  const member = await aMember(parley);
  const ended = await withEndedSession(member);
  const disabled = await signedInAgain(member);
  await changeAccount(parley, member, 'disabled_at = now()');
  const { accessToken } = member.tokens!;
  return {
    ...{ nobody: null, garbage: 'pk_garbage', forged: forged(accessToken), expired: expired(accessToken) },
    ...{ ended: ended.tokens!.accessToken, disabled: disabled.tokens!.accessToken },
  };
}

function forged(token: string): string {
  const [header, payload, signature] = token.split('.');
  return [header, payload, Array.from(signature!).reverse().join('')].join('.');
}

function expired(token: string): string {
  const jwt = new JwtService();
  const { sub, sid } = jwt.decode<{ sub: string; sid: string }>(token);
  const claims = { issuer: 'parley', audience: 'parley', expiresIn: -60, secret: JWT_SECRET };
  return jwt.sign({ sub, sid }, { ...claims, header: { alg: 'HS256', typ: 'at+jwt' } });
}
