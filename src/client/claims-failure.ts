import { UmaError, type UmaErrorCode } from '../uma/protocol/uma-error.js';
import { BRAND } from './brand.js';

/** Telling more about oneself led to nothing, and this is what the person reads. */
export class ClaimsFailure extends UmaError {
  constructor(
    code: UmaErrorCode,
    readonly title: string,
    message: string,
    /** URL of the resource that it was for; `undefined` when the answer belongs to nothing that is known. */
    readonly resource?: string,
  ) {
    super(code, message);
  }
}

/** What became of it, as far as there is a sentence for it. */
export type ClaimsFault =
  | 'signed-out'
  | 'not-begun-here'
  | 'not-an-answer'
  | 'person-said-no'
  | 'server-failed'
  | 'took-too-long'
  | 'never-enough'
  | 'out-of-reach'
  | 'misunderstanding';

const WORDS: Readonly<Record<ClaimsFault, readonly [UmaErrorCode, string, string]>> = {
  'signed-out': [
    'login_required',
    'You are signed out',
    `Sign in to ${BRAND} and open the link again. What you told the owner’s server was not used here.`,
  ],
  'not-begun-here': [
    'invalid_request',
    'This page was opened out of turn',
    'It belongs to nothing that you began in this browser, or it was used already. Nothing was done.',
  ],
  'not-an-answer': [
    'invalid_request',
    'The owner’s server sent you back with the wrong answer',
    'To be on the safe side nothing of it was used. Try again.',
  ],
  'person-said-no': [
    'access_denied',
    'You told the owner’s server nothing',
    'That is all right. Without it you cannot see what was shared; you may change your mind at any time.',
  ],
  'server-failed': [
    'server_error',
    'The owner’s server could not finish',
    'This is not your fault. Try again; if it stays so, tell the owner.',
  ],
  'took-too-long': [
    'invalid_grant',
    'That took too long',
    'The owner’s server waits for a few minutes only. Try again.',
  ],
  'never-enough': [
    'need_info',
    'The owner’s server still wants to know more',
    'You told it what it asked for, and it is not satisfied. Tell the owner, or try again.',
  ],
  'out-of-reach': [
    'temporarily_unavailable',
    'The server that decides about sharing cannot be reached',
    'Try again in a moment.',
  ],
  misunderstanding: [
    'server_error',
    'The servers did not understand each other',
    `This is not your fault. Try again; if it stays so, tell whoever runs ${BRAND}.`,
  ],
};

/** @param resource what it was for */
export function claimsFailure(fault: ClaimsFault, resource?: string): ClaimsFailure {
  const [code, title, message] = WORDS[fault];
  return new ClaimsFailure(code, title, message, resource);
}
