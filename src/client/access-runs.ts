import { Injectable } from '@nestjs/common';

import { Clock } from '../common/clock.js';
import { randomId } from '../common/randomness.js';
import type { ClientTables } from '../database/client/access.js';
import { Database } from '../database/database.js';

/** Something that a person opened by its link. */
export interface AccessRun {
  readonly id: string;
  /** URL of the protected resource. */
  readonly resource: string;
}

/** Who opened it. */
export interface Person {
  readonly issuer: string;
  readonly subject: string;
}

/** Remembers what each person opened; nobody sees what another person did. */
@Injectable()
export class AccessRuns {
  constructor(
    private readonly database: Database<ClientTables>,
    private readonly clock: Clock,
  ) {}

  /** Remembers that a person opened a resource; opened again it is the same run. */
  async open(person: Person, resource: string): Promise<AccessRun> {
    const opened = { opened_ms: this.clock.nowMs() };
    return await this.database.kysely
      .insertInto('access_run')
      .values({ id: randomId(), person_issuer: person.issuer, person_subject: person.subject, resource, ...opened })
      .onConflict((conflict) => conflict.columns(['person_issuer', 'person_subject', 'resource']).doUpdateSet(opened))
      .returning(['id', 'resource'])
      .executeTakeFirstOrThrow();
  }

  /** What a person opened, the newest first. */
  async list(person: Person): Promise<readonly AccessRun[]> {
    return await this.runsOf(person).orderBy('opened_ms', 'desc').limit(100).execute();
  }

  /** One run of this person. */
  async find(person: Person, id: string): Promise<AccessRun | undefined> {
    return await this.runsOf(person).where('id', '=', id).executeTakeFirst();
  }

  private runsOf({ issuer, subject }: Person) {
    return this.database.kysely
      .selectFrom('access_run')
      .select(['id', 'resource'])
      .where('person_issuer', '=', issuer)
      .where('person_subject', '=', subject);
  }
}
