import { DataSource } from 'typeorm';
import { loadConfig } from '../config/config';
import { migrationOptions } from '../database/migrate';

/** For TypeORM's own command line: `npm run migration:run`, `npm run migration:revert`. */
const { directUrl } = loadConfig(process.env).database;
if (directUrl === null) throw new Error('Set DATABASE_URL to the database whose schema is to change.');

export default new DataSource(migrationOptions(directUrl));
