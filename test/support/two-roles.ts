import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOnServer, urlOf } from './database';

const SQL = readFileSync(join(__dirname, '..', '..', 'docs', 'database-roles.sql'), 'utf8');
const PASSWORD = 'of-this-test-alone';

/** An empty database with an owner and an app, made by docs/database-roles.sql. */
export interface TwoRoles {
  /** Of the database; those of the roles begin with it. */
  readonly name: string;
  /** Addresses of the database, as the owner and as the app. */
  readonly owner: string;
  readonly app: string;
  /** Its address as somebody else, whose role is made for that. */
  urlOfStranger(): Promise<string>;
  drop(): Promise<void>;
}

export async function makeTwoRoles(): Promise<TwoRoles> {
  const name = `roles_w${process.env.JEST_WORKER_ID}`;
  const [owner, app, stranger] = ['owner', 'app', 'stranger'].map((role) => `${name}_${role}`) as [
    string,
    string,
    string,
  ];
  const drop = () =>
    runOnServer(
      `drop database if exists ${name} with (force)`,
      ...[owner, app, stranger].map((role) => `drop role if exists ${role}`),
    );
  const urlAs = (username: string) =>
    Object.assign(new URL(urlOf(name)), { username, password: PASSWORD }).href;
  const withPassword = (role: string) => `alter role ${role} password '${PASSWORD}'`;
  await drop(); // an earlier file of this worker may have left them
  await runOnServer(...statementsFor(name), withPassword(owner), withPassword(app));
  const urlOfStranger = async () => {
    await runOnServer(`create role ${stranger} login`, withPassword(stranger));
    return urlAs(stranger);
  };
  return { name, owner: urlAs(owner), app: urlAs(app), urlOfStranger, drop };
}

/** As written but for the names: other tests share the server. */
const statementsFor = (name: string): string[] =>
  SQL.replace(/^--.*$/gm, '')
    .replaceAll('parley', name)
    .split(';')
    .map((statement) => statement.trim())
    .filter(Boolean);
