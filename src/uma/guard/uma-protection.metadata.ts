/** Key under which `@UmaProtect` leaves what a route demands, for the guard to find. */
export const UMA_PROTECTION = 'uma:protection';
