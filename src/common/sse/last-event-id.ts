import { validationFailed } from '../errors/domain-error';

/**
 * Where to go on from: `after` of the query, or else the `Last-Event-ID` that an EventSource sends when it comes back.
 *
 * @throws DomainError `validation_failed` – a `Last-Event-ID` that is none of ours.
 */
export function rejoinOffset(after: number | undefined, lastEventId: string | undefined): number {
  if (after !== undefined) return after;
  if (lastEventId === undefined) return 0;
  if (/^\d{1,15}$/.test(lastEventId)) return Number(lastEventId);
  throw validationFailed([
    { path: 'header.last-event-id', code: 'digits', message: 'must be the id of an event' },
  ]);
}
