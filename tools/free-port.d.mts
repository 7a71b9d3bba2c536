/** A port of loopback that nobody listens on, for a process that has to know its address before it starts. */
export function freePort(): Promise<number>;
