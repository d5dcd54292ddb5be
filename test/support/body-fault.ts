import { isStorable } from '../../src/common/validation/storable';
import { isValidBody, type Operation } from './contract';

/** Null: the document allows it. */
export function bodyFaultOf(operation: Operation, body: unknown): string | null {
  if (body === undefined) return operation.needsBody ? 'no body' : null;
  const text = JSON.stringify(body);
  if (!areStorable(body)) return 'a text that cannot be stored';
  if (text.includes('['.repeat(33))) return 'a body nested too deep';
  if (!operation.body) return text === '{}' ? null : 'a body where there is none';
  return isValidBody(operation, body) ? null : 'a body that is not as the schema has it';
}

function areStorable(value: unknown): boolean {
  if (typeof value === 'string') return isStorable(value);
  return typeof value !== 'object' || value === null || Object.entries(value).flat().every(areStorable);
}
