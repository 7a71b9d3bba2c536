import { StartedProcess, typescript } from './started-process.js';
import type { Operation } from './operation.js';

/** What came of one slice of load. */
export interface Ran {
  readonly milliseconds: number;
  readonly operations: number;
  readonly failures: number;
  /** The first thing that went wrong. */
  readonly failure: string | undefined;
  readonly medianMs: number;
  readonly p99Ms: number;
  /** Share of a core that the load generator used. */
  readonly loadBusy: number;
}

/** How many requests are under way at once. */
export const CONNECTIONS = 16;

/** The load generator, a process of its own. */
export class Load {
  private constructor(private readonly generator: StartedProcess) {}

  static async start(folder: string, core: number | undefined): Promise<Load> {
    const words = typescript(new URL('./load.process.ts', import.meta.url));
    return new Load(await StartedProcess.start({ name: 'load', words, folder, core }));
  }

  /** Tells it an operation, which it knows by this name from then on. What it keeps between requests it keeps for good. */
  async prepare(name: string, operation: Operation, connections = CONNECTIONS): Promise<void> {
    await this.generator.ask({ type: 'prepare', name, operation, connections }, 'prepared');
  }

  async run(name: string, milliseconds: number): Promise<Ran> {
    return (await this.generator.ask({ type: 'run', name, milliseconds }, 'ran')) as unknown as Ran;
  }

  stop(): Promise<void> {
    return this.generator.stop();
  }
}
