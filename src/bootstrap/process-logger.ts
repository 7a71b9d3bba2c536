import type { LoggerService } from '@nestjs/common';
import { pino as openPino, type DestinationStream, type Logger } from 'pino';

import { errorCode } from '../common/error-code.js';
import { currentTrace } from '../common/trace.js';
import type { LogLevel } from '../config/common.environment.js';
import { GatheredLines } from './gathered-lines.js';

/** Rooms of the framework that report each route and module at every start. */
const CHATTY = new Set(['NestFactory', 'NestApplication', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer']);

/**
 * The log of a process: JSON lines with the trace they belong to. What is not named here is not written: of requests
 * and answers nothing, of errors neither their members nor what was attached to them.
 */
export function openLog(
  name: string,
  level: LogLevel,
  destination: DestinationStream = new GatheredLines(openPino.destination(1)),
): Logger {
  return openPino(
    {
      level,
      base: { name },
      timestamp: openPino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => {
        const trace = currentTrace();
        return trace === undefined ? {} : { traceId: trace.traceId };
      },
      serializers: { err: describeError, req: () => undefined, res: () => undefined },
    },
    destination,
  );
}

interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly code: string | undefined;
  readonly stack: string | undefined;
  readonly cause?: DescribedError;
}

function describeError(error: unknown): DescribedError {
  const { name = typeof error, message = '', stack, cause } = Object(error) as Partial<Error>;
  const described = { type: name, message, code: errorCode(error), stack };
  return cause === undefined ? described : { ...described, cause: describeError(cause) };
}

/** Nest's own messages, and those of its `Logger`, as lines of our log. */
export class NestLog implements LoggerService {
  constructor(private readonly pino: Logger) {}

  log(message: unknown, ...more: readonly unknown[]): void {
    this.write('info', message, more);
  }

  fatal(message: unknown, ...more: readonly unknown[]): void {
    this.write('fatal', message, more);
  }

  error(message: unknown, ...more: readonly unknown[]): void {
    this.write('error', message, more);
  }

  warn(message: unknown, ...more: readonly unknown[]): void {
    this.write('warn', message, more);
  }

  debug(message: unknown, ...more: readonly unknown[]): void {
    this.write('debug', message, more);
  }

  verbose(message: unknown, ...more: readonly unknown[]): void {
    this.write('trace', message, more);
  }

  /** Nest puts the context last; before it there may be the error, or its stack as text. */
  private write(level: Exclude<LogLevel, 'silent'>, message: unknown, more: readonly unknown[]): void {
    const context = typeof more.at(-1) === 'string' ? more.at(-1) : undefined;
    const err = [message, ...more].find(isError);
    const stack = err === undefined ? more.find((part) => typeof part === 'string' && part.includes('\n')) : undefined;
    const members = { context, ...(err === undefined ? {} : { err }), ...(stack === undefined ? {} : { stack }) };
    const quieter = level === 'info' && CHATTY.has(String(context)) ? 'debug' : level;
    if (isError(message)) this.pino[quieter](members, message.message);
    else if (typeof message === 'string') this.pino[quieter](members, message);
    else this.pino[quieter]({ ...members, said: message });
  }
}

/** By shape: an error may come from another realm. */
function isError(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'message' in value && 'stack' in value;
}
