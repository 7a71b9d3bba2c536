import { Injectable } from '@nestjs/common';

import { Clock } from '../common/clock.js';
import { Purge } from '../database/purge.js';
import { SealedRptStore } from './sealed-rpt-store.js';

/** Forgets expired requesting party tokens. */
@Injectable()
export class RptPurge extends Purge {
  constructor(
    private readonly store: SealedRptStore,
    private readonly clock: Clock,
  ) {
    super(10);
  }

  override async purge(): Promise<void> {
    await this.store.purge(this.clock.nowMs());
  }
}
