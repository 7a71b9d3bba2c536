import type { Handshake } from '../sockets/raw-socket.js';
import type { HeartRateWorld } from './heart-rate-world.js';

/** Adds sensors to a heart rate. @returns what each shows when it connects */
export async function sensorsOf(world: HeartRateWorld, count: number): Promise<readonly Handshake[]> {
  const handshakes: Handshake[] = [];
  while (handshakes.length < count) handshakes.push({ token: await world.sensor() });
  return handshakes;
}
