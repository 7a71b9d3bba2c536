import type { DynamicModule, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import type { AppOptions } from './app-options.js';
import { createApp } from './create-app.js';

/** A started server of probe rooms, and what it has written to its log. */
export interface ProbeApp {
  readonly app: NestFastifyApplication;
  readonly lines: readonly string[];
  /** The lines as what they say. */
  readonly logged: () => readonly Record<string, unknown>[];
  readonly inject: NestFastifyApplication['inject'];
}

/** Starts a server without a port; requests are injected. */
export async function openProbeApp(rooms: Type | DynamicModule, options: Partial<AppOptions> = {}): Promise<ProbeApp> {
  const lines: string[] = [];
  const app = await createApp(rooms, {
    name: 'probe',
    logLevel: 'info',
    logDestination: { write: (line) => lines.push(line) },
    trustProxy: [],
    rateLimits: [],
    openApi: { title: 'Probe' },
    ...options,
  });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return {
    app,
    lines,
    logged: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    inject: app.inject.bind(app),
  };
}
