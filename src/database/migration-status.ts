import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { readMigrationState } from './migration-state';

/** Whether the schema has every migration that this version brings. */
@Injectable()
export class MigrationStatus {
  private upToDate = false;

  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Once true, always true: nobody reverts migrations under a running server. */
  async isUpToDate(): Promise<boolean> {
    this.upToDate ||= (await readMigrationState(this.database)).pending.length === 0;
    return this.upToDate;
  }
}
