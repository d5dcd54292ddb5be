import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { WsTicket } from './ws-ticket.entity';

@Injectable()
export class WsTicketRepository {
  constructor(@InjectRepository(WsTicket) private readonly rows: Repository<WsTicket>) {}

  async insert(hash: Buffer, sessionId: string, seconds: number): Promise<void> {
    await this.rows.query(
      'insert into ws_tickets (hash, session_id, expires_at) values ($1, $2, now() + make_interval(secs => $3))',
      [hash, sessionId, seconds],
    );
  }

  /** Uses a ticket up: of any number of attempts one gets the session. Null: none such, used, or expired. */
  async take(hash: Buffer): Promise<{ sessionId: string; userId: string } | null> {
    const [[taken]] = await this.rows.query<[{ sessionId: string; userId: string }[], number]>(
      `delete from ws_tickets t using sessions s
       where t.hash = $1 and t.expires_at > now() and s.id = t.session_id
       returning s.id as "sessionId", s.user_id as "userId"`,
      [hash],
    );
    return taken ?? null;
  }

  /** Some whose time is over: how many. */
  async deleteExpired(limit: number): Promise<number> {
    const [, count] = await this.rows.query<[unknown, number]>(
      'delete from ws_tickets where hash in (select hash from ws_tickets where expires_at < now() limit $1)',
      [limit],
    );
    return count;
  }
}
