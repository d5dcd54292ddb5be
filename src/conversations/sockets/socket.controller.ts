import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../../common/auth/access';
import { SocketGateway } from './socket.gateway';

/** Answers what asks for the path of the sockets and gets none. */
@Public()
@ApiExcludeController()
@Controller('ws')
export class SocketController {
  constructor(private readonly gateway: SocketGateway) {}

  @Get()
  refuse(): never {
    throw this.gateway.refusal();
  }
}
