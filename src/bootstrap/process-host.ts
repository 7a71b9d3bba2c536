/** What a server needs of the process that it runs in: `process` itself, or a test's stand-in. */
export interface ProcessHost {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  cwd(): string;
  exit(code: number): unknown;
  on(event: string, listener: (message: unknown) => void): unknown;
  /** There when the process was started with an IPC channel. */
  send?(message: unknown): unknown;
}

/** Exit codes: the general one, and that of `sysexits.h` for a wrong configuration. */
export const EXIT = { ok: 0, failed: 1, misconfigured: 78 } as const;
