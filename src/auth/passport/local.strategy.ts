import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import { Strategy } from 'passport-local';
import { sourceOf } from '../../common/http/request-source';
import type { User } from '../../users/user.entity';
import { CredentialsService } from '../passwords/credentials.service';

/** Name and password in the body. */
@Injectable()
export class LocalStrategy extends PassportStrategy(Strategy) {
  constructor(private readonly credentials: CredentialsService) {
    super({ session: false, passReqToCallback: true });
  }

  validate(request: Request, username: string, password: string): Promise<User> {
    return this.credentials.verify(username, password, sourceOf(request));
  }
}
