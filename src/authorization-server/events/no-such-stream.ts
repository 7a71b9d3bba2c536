import { UmaError } from '../../uma/protocol/uma-error.js';

/** The refusal of a call about a stream that the client does not have. */
export const noSuchStream = (): UmaError => new UmaError('not_found', 'There is no such stream.');
