import { Injectable } from '@nestjs/common';

import { Clock } from '../common/clock.js';
import { Purge } from '../database/purge.js';
import { ClaimsRedirects } from './claims-redirects.js';
import { SealedPctStore } from './sealed-pct-store.js';
import { SealedRptStore } from './sealed-rpt-store.js';

/** Forgets expired tokens, and people who did not come back from an authorization server. */
@Injectable()
export class ClientPurge extends Purge {
  constructor(
    private readonly rpts: SealedRptStore,
    private readonly pcts: SealedPctStore,
    private readonly redirects: ClaimsRedirects,
    private readonly clock: Clock,
  ) {
    super(10);
  }

  override async purge(): Promise<void> {
    for (const table of [this.rpts, this.pcts, this.redirects]) await table.purge(this.clock.nowMs());
  }
}
