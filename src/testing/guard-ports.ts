import type { Provider } from '@nestjs/common';

import { Clock } from '../common/clock.js';
import { PatSource, ProtectedResources } from '../uma/index.js';

/** What an application provides for the guard, here by a test. */
export interface GuardPorts {
  readonly clock: Clock;
  readonly pats: PatSource;
  readonly resources: ProtectedResources;
}

/** The ports as `providers` for `UmaModule.register`. */
export function guardPorts({ clock, pats, resources }: GuardPorts): Provider[] {
  return [
    { provide: Clock, useValue: clock },
    { provide: PatSource, useValue: pats },
    { provide: ProtectedResources, useValue: resources },
  ];
}
