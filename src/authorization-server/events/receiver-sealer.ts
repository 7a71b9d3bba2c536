import { Sealer } from '../../common/sealing.js';
import type { EventOptions } from './event-options.js';

/** Seals what receivers want to be shown, their `Authorization` headers. */
export const receiverSealer = ({ secretKey }: EventOptions): Sealer => new Sealer(secretKey, 'event-receivers');
