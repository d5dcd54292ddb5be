import { Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { Request } from 'express';
import { RequestValidationPipe } from '../../common/http/validation.pipe';
import { LoginDto } from '../auth.dto';

/** Signs in by name and password. Guards run before pipes, so it has the body checked itself: 400 comes before 401. */
@Injectable()
export class LocalGuard extends AuthGuard('local') {
  private readonly pipe = new RequestValidationPipe();

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    request.body = await this.pipe.transform(request.body, { type: 'body', metatype: LoginDto });
    return (await super.canActivate(context)) as boolean;
  }
}
