/** So few that nobody waits for them, as a power of two: people sign in thousands of times in these tests. */
export const PASSWORD_ROUNDS = 4;
