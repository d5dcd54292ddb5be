import { Injectable } from '@nestjs/common';
import { ModelChoice } from './model-choice';
import {
  RepliesService,
  type NewRegeneration,
  type NewTurn,
  type StartedTurn,
} from './replies/replies.service';
import { TitlesService } from './titles/titles.service';

/** With the model that the caller has asked for, in place of how one is chosen. */
type Asked<Wanted> = Omit<Wanted, 'chooseModel'> & { readonly model?: string };

/** Starts replies with the model that is to answer, and has a conversation's first exchange give it a heading. */
@Injectable()
export class TurnOpener {
  constructor(
    private readonly replies: RepliesService,
    private readonly models: ModelChoice,
    private readonly titles: TitlesService,
  ) {}

  /** @throws DomainError as `RepliesService.start` */
  async start({ model, ...turn }: Asked<NewTurn>): Promise<StartedTurn> {
    const started = await this.replies.start({ ...turn, chooseModel: this.models.chooser(model) });
    if (turn.opens !== 'question')
      void this.titles.note(turn.userId, started.question, started.running.ended);
    return started;
  }

  /** @throws DomainError as `RepliesService.regenerate` */
  async regenerate({ model, ...regeneration }: Asked<NewRegeneration>): Promise<StartedTurn> {
    return this.replies.regenerate({ ...regeneration, chooseModel: this.models.chooser(model) });
  }
}
