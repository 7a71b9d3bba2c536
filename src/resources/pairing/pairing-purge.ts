import { Injectable } from '@nestjs/common';

import { Purge } from '../../database/purge.js';
import { PairingStore } from './pairing-store.js';

/** Forgets pairings that are over. */
@Injectable()
export class PairingPurge extends Purge {
  constructor(private readonly store: PairingStore) {
    super(10);
  }

  override purge(): Promise<void> {
    return this.store.purge();
  }
}
