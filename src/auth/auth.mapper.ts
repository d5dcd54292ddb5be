import { toUserResponse } from '../users/user.mapper';
import { ACCESS_TOKEN } from './access-tokens';
import type { TokensResponse } from './auth.dto';
import type { SignIn } from './auth.service';

export function toTokensResponse({ accessToken, refreshToken, transport, user }: SignIn): TokensResponse {
  return {
    accessToken,
    tokenType: 'Bearer',
    expiresIn: ACCESS_TOKEN.seconds,
    refreshToken: transport === 'cookie' ? null : refreshToken,
    user: toUserResponse(user),
  };
}
