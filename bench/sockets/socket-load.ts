import type { Run } from '../line.js';
import type { Ran } from '../measure/load.js';
import { StartedProcess, typescript } from '../measure/started-process.js';
import type { SocketOperation } from './socket-operation.js';

/** The load generator of sockets, a process of its own. */
export class SocketLoad {
  private constructor(private readonly generator: StartedProcess) {}

  static async start({ folder, cores, later }: Pick<Run, 'folder' | 'cores' | 'later'>): Promise<SocketLoad> {
    const words = typescript(new URL('./socket-load.process.ts', import.meta.url));
    const generator = await StartedProcess.start({ name: 'socket-load', words, folder, core: cores.load });
    later(() => generator.stop());
    return new SocketLoad(generator);
  }

  /** Opens the sockets of an operation, which it knows by this name from then on. */
  prepare(name: string, operation: SocketOperation): Promise<void> {
    return this.order({ type: 'prepare', name, operation });
  }

  /** Does the operation for a while, and waits for what is under way then. */
  async run(name: string, milliseconds: number): Promise<Ran> {
    return (await this.generator.ask({ type: 'run', name, milliseconds }, 'ran')) as unknown as Ran;
  }

  /** Closes the sockets of an operation. */
  leave(name: string): Promise<void> {
    return this.order({ type: 'leave', name });
  }

  /** @throws Error that says what went wrong */
  private async order(order: object): Promise<void> {
    const { problem } = await this.generator.ask(order, 'done');
    if (problem !== undefined) throw new Error(problem as string);
  }
}
