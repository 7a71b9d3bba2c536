/** How long a permission ticket is good for at most, in seconds; a resource server may register less. */
export const TICKET_LIFETIME_SECONDS = 300;

/** How long a requesting party token (RPT) is good for at most, in seconds; a resource server may register less. */
export const RPT_LIFETIME_SECONDS = 900;

/** How long a requesting party token (RPT) can be renewed by refresh tokens, in seconds. */
export const REFRESH_LIFETIME_SECONDS = 86_400;

/** How long what somebody proved about themselves is relied on, in seconds. */
export const CLAIM_LIFETIME_SECONDS = 86_400;

/** How long a permit may be reused at most while nobody tells of withdrawals, in seconds: a withdrawal acts no later. */
export const LONGEST_UNTOLD_SECONDS = 10;
