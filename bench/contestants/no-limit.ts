/** The setting of a limit on requests that no run comes near. */
export const NO_LIMIT = '1000000000';
