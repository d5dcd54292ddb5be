import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Where a message lies in its tree, so that the end of a branch is found in a few steps, whatever its length (ADR 0013).
 *
 * A run is a message with its own child, that one's own child and so on: `branch_id` is the run's first message, and its
 * messages differ in `depth`. Whatever else hangs on a message begins a run. A run that begins with a newer message than
 * the one beside it, in the run above, has that run as `forked_from`.
 */
export class Branches1790000005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'alter table messages add column branch_id uuid, add column depth int, add column forked_from uuid',
    );
    await runner.query(PLACE_ALL);
    await runner.query(
      'alter table messages alter column branch_id set not null, alter column depth set not null',
    );
    await runner.query('create unique index messages_branch on messages (branch_id, depth)');
    await runner.query(
      'create index messages_forks on messages (forked_from, depth, id desc) where forked_from is not null',
    );
    await runner.query(PLACE_MESSAGE);
    await runner.query(
      'create trigger messages_place before insert on messages for each row execute function place_message()',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop trigger messages_place on messages');
    await runner.query('drop function place_message()');
    await runner.query(
      'alter table messages drop column branch_id, drop column depth, drop column forked_from',
    );
  }
}

/** The oldest child becomes the own one. `offset 0` keeps the planner from reading the whole table for each generation. */
const PLACE_ALL = `
  with recursive placed as (
    select id, id as branch_id, 0 as depth, null::uuid as forked_from from messages where parent_id is null
    union all
    select child.id, case when is_own then placed.branch_id else child.id end, placed.depth + 1,
      case when not is_own then placed.branch_id end
    from placed cross join lateral (
      select m.id, not exists (select from messages s where s.parent_id = placed.id and s.id < m.id) as is_own
      from messages m where m.parent_id = placed.id offset 0
    ) child
  )
  update messages m set branch_id = placed.branch_id, depth = placed.depth, forked_from = placed.forked_from
  from placed where m.id = placed.id`;

/** A trigger, so that the version before this one, which knows nothing of it, may go on writing while replicas are replaced. */
const PLACE_MESSAGE = `
  create function place_message() returns trigger language plpgsql set search_path from current as $$
  declare
    above record;
  begin
    if new.branch_id is not null then -- it comes out of a dump
      return new;
    end if;
    select p.branch_id, p.depth,
      (select own.id from messages own where own.branch_id = p.branch_id and own.depth = p.depth + 1) as own_child
    into above from messages p where p.id = new.parent_id;
    if not found and new.parent_id is not null then -- else it would become a first message, where keys are checked later or never
      raise foreign_key_violation using message = 'the parent of a message is not there';
    end if;
    if not found then
      new.branch_id := new.id;
      new.depth := 0;
      return new;
    end if;
    new.depth := above.depth + 1;
    if above.own_child is null then
      new.branch_id := above.branch_id;
    else
      new.branch_id := new.id;
      new.forked_from := case when new.id > above.own_child then above.branch_id end;
    end if;
    return new;
  end $$`;
