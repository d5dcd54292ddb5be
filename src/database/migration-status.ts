import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** Whether the schema has every migration that this version brings. */
@Injectable()
export class MigrationStatus {
  private upToDate = false;

  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Once true, always true: nobody reverts migrations under a running server. */
  async isUpToDate(): Promise<boolean> {
    this.upToDate ||= await this.look();
    return this.upToDate;
  }

  private async look(): Promise<boolean> {
    const [{ exists }] = await this.database.query<[{ exists: boolean }]>(
      `select to_regclass('migrations') is not null as exists`,
    );
    if (!exists) return false;
    const applied = await this.database.query<{ name: string }[]>('select name from migrations');
    const names = new Set(applied.map(({ name }) => name));
    return this.database.migrations.every(({ name, constructor }) => names.has(name ?? constructor.name));
  }
}
