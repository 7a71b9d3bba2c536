/** How long a permission ticket is good for at most, in seconds; a resource server may register less. */
export const TICKET_LIFETIME_SECONDS = 300;

/** How long a requesting party token (RPT) is good for at most, in seconds; a resource server may register less. */
export const RPT_LIFETIME_SECONDS = 900;
