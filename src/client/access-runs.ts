import { Injectable } from '@nestjs/common';

import { Clock } from '../common/clock.js';
import { randomId } from '../common/randomness.js';
import type { AccessRunTable, ClientTables } from '../database/client/access.js';
import { Database } from '../database/database.js';
import type { Person } from './person.js';

/** Something that a person opened by its link. */
export type AccessRun = Pick<AccessRunTable, 'id' | 'resource' | 'opened_ms' | 'stage'>;

const COLUMNS = ['id', 'resource', 'opened_ms', 'stage'] as const;

/** Remembers what each person opened; nobody sees what another person did. */
@Injectable()
export class AccessRuns {
  constructor(
    private readonly database: Database<ClientTables>,
    private readonly clock: Clock,
  ) {}

  /** Remembers that a person opened a resource; opened again it is the same run. */
  async open({ issuer, subject }: Person, resource: string): Promise<AccessRun> {
    const opened_ms = this.clock.nowMs();
    return await this.database.kysely
      .insertInto('access_run')
      .values({ id: randomId(), person_issuer: issuer, person_subject: subject, resource, opened_ms, version: 0 })
      .onConflict((conflict) =>
        conflict.columns(['person_issuer', 'person_subject', 'resource']).doUpdateSet({ opened_ms }),
      )
      .returning(COLUMNS)
      .executeTakeFirstOrThrow();
  }

  /** What a person opened, the newest first: at most a hundred. */
  async list(person: Person): Promise<readonly AccessRun[]> {
    return await this.runsOf(person).orderBy('opened_ms', 'desc').orderBy('id').limit(100).execute();
  }

  /** One run of this person. */
  async find(person: Person, id: string): Promise<AccessRun | undefined> {
    return await this.runsOf(person).where('id', '=', id).executeTakeFirst();
  }

  /** The run in which this person opened a resource. */
  async of(person: Person, resource: string): Promise<AccessRun | undefined> {
    return await this.runsOf(person).where('resource', '=', resource).executeTakeFirst();
  }

  private runsOf({ issuer, subject }: Person) {
    return this.database.kysely
      .selectFrom('access_run')
      .select(COLUMNS)
      .where('person_issuer', '=', issuer)
      .where('person_subject', '=', subject);
  }
}
