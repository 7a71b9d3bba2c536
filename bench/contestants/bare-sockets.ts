import type { Run } from '../line.js';
import type { Meter } from '../measure/meter.js';
import { StartedProcess, typescript } from '../measure/started-process.js';

/** As the results call it. */
export const BARE_SOCKETS = 'bare socket.io';

/** Starts bare socket.io. @param isWatched whether it sends what comes in to everybody who subscribed */
export async function startBareSockets(
  { folder, cores, later }: Pick<Run, 'folder' | 'cores' | 'later'>,
  isWatched = false,
): Promise<{ readonly origin: string; readonly meter: Meter; readonly process: StartedProcess }> {
  const script = typescript(new URL('./bare-sockets.process.ts', import.meta.url));
  const words = ['--expose-gc', ...script, ...(isWatched ? ['watched'] : [])];
  const process = await StartedProcess.start({ name: 'bare-sockets', words, folder, core: cores.server });
  later(() => process.stop());
  return { origin: String(process.told['origin']), meter: process.meter, process };
}
