import type { HttpAdapterHost } from '@nestjs/core';

import { UmaModule } from './uma.module.js';

const on = (type: string) => new UmaModule({ httpAdapter: { getType: () => type } } as HttpAdapterHost);

describe('UmaModule', () => {
  it('says at the start that it does not work on Express', () => {
    expect(() => {
      on('express').onModuleInit();
    }).toThrow('works on Fastify');
  });

  it.each(['fastify', ''])('starts on another adapter (%j)', (type) => {
    expect(() => {
      on(type).onModuleInit();
    }).not.toThrow();
  });
});
