import type { IncomingHttpHeaders } from 'node:http';
import contract from '../../docs/openapi.json';
import { OPERATIONS, type DocumentedHeader, type Operation } from './contract';

const shared: Readonly<Record<string, object>> = contract.components.headers;

/** Those that the contract knows of some answer. */
const NAMES = new Set(
  OPERATIONS.flatMap(({ responses }) =>
    Object.values(responses).flatMap(({ headers = {} }) => Object.keys(headers)),
  ),
);

/** @throws Error – one is missing that the contract promises, or there that it knows of other answers only. */
export function checkHeaders({ responses }: Operation, status: number, given: IncomingHttpHeaders): void {
  const listed = responses[status]?.headers;
  if (!listed) return;
  const isGiven = (name: string) => given[name.toLowerCase()] !== undefined;
  const missing = Object.keys(listed).find((name) => resolve(listed[name]!).required && !isGiven(name));
  const unknown = [...NAMES].find((name) => isGiven(name) && !(name in listed));
  if (missing !== undefined) throw new Error(`There is no ${missing}.`);
  if (unknown !== undefined) throw new Error(`The contract does not list ${unknown} there.`);
}

function resolve(header: DocumentedHeader): DocumentedHeader {
  return header.$ref === undefined ? header : (shared[header.$ref.split('/').at(-1)!] as DocumentedHeader);
}
