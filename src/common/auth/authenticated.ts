import { applyDecorators } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-problems';

/** Documents that a route needs an access token. The global guard enforces it, with or without this. */
export const Authenticated = () =>
  applyDecorators(
    ApiBearerAuth(),
    ApiProblems('unauthenticated', 'token_expired', 'session_revoked', 'account_disabled'),
  );
