import {
  All,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  type INestApplication,
  Module,
  UseGuards,
} from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyRequest } from 'fastify';

import { type GuardPorts, guardPorts } from '../../src/testing/index.js';
import {
  Decision,
  Decisions,
  ResourceLoader,
  UMA_CORS,
  type UmaDecision,
  UmaGuard,
  UmaModule,
  type UmaModuleOptions,
  UmaProtect,
} from '../../src/uma/index.js';

/** Finds the resource by a header, as a route would that has it not in its URL. */
@Injectable()
export class HeaderLoader extends ResourceLoader {
  override resourceId(call: ExecutionContext): Promise<string | undefined> {
    const id = call.switchToHttp().getRequest<FastifyRequest>().headers['x-resource'];
    return Promise.resolve(typeof id === 'string' ? id : undefined);
  }
}

/** Finds several resources by a header: their ids, separated by commas. */
@Injectable()
export class ListLoader extends ResourceLoader {
  override resourceId(call: ExecutionContext): Promise<readonly string[]> {
    const ids = call.switchToHttp().getRequest<FastifyRequest>().headers['x-resources'];
    return Promise.resolve(typeof ids === 'string' && ids !== '' ? ids.split(',') : []);
  }
}

const heart = { param: 'id' };

/** What every guarded route of {@link guardedApplication} answers when the guard lets a call pass. */
export const SECRET_BEAT = 'beat: 61';

@Controller()
class HeartController {
  @Get('resources/:id/heart-rate')
  @UmaProtect({ resource: heart, scopes: ['heart-rate:read'] })
  read(@Decision() decision: UmaDecision): object {
    return { beat: SECRET_BEAT, scopes: decision.scopes, client: decision.clientId ?? null };
  }

  @Get('resources/:id/both')
  @UmaProtect({ resource: heart, scopes: ['heart-rate:read', 'heart-rate:summary'] })
  both(): string {
    return SECRET_BEAT;
  }

  @Get('resources/:id/old-clients')
  @UmaProtect({ resource: heart, scopes: ['heart-rate:read'], challengeBody: true })
  oldClients(): string {
    return SECRET_BEAT;
  }

  @All('resources/:id/any-method')
  @UmaProtect({ resource: heart, scopes: ['heart-rate:read'] })
  anyMethod(): string {
    return SECRET_BEAT;
  }

  @Get('loaded')
  @UmaProtect({ resource: { loader: HeaderLoader }, scopes: ['heart-rate:read'] })
  loaded(): string {
    return SECRET_BEAT;
  }

  @Get('resources/:id/either')
  @UmaProtect({ resource: heart, scopes: { anyOf: ['heart-rate:summary', 'heart-rate:read'] } })
  either(@Decision() { scopes }: UmaDecision): object {
    return { beat: SECRET_BEAT, scopes };
  }

  @Get('together/:id/:other')
  @UmaProtect({ resource: [heart, { param: 'other' }], scopes: ['heart-rate:read'] })
  together(@Decisions() decisions: readonly UmaDecision[]): object {
    return { beat: SECRET_BEAT, ids: decisions.map(({ resource }) => resource.id) };
  }

  @Get('either-of/:id/:other')
  @UmaProtect({
    resource: [heart, { param: 'other' }],
    scopes: { anyOf: ['heart-rate:summary', 'heart-rate:read'] },
  })
  eitherOf(): string {
    return SECRET_BEAT;
  }

  @Get('all-of-them')
  @UmaProtect({ resource: { loader: ListLoader }, scopes: ['heart-rate:read'] })
  allOfThem(@Decisions() decisions: readonly UmaDecision[]): object {
    return { beat: SECRET_BEAT, ids: decisions.map(({ resource }) => resource.id) };
  }

  @Get('only-one/:id/:other')
  @UmaProtect({ resource: [heart, { param: 'other' }], scopes: ['heart-rate:read'] })
  onlyOne(@Decision() { resource }: UmaDecision): string {
    return `${SECRET_BEAT} ${resource.id}`;
  }

  @Get('misnamed/:other')
  @UmaProtect({ resource: heart, scopes: ['heart-rate:read'] })
  misnamed(): string {
    return SECRET_BEAT;
  }

  @Get('forgotten/:id')
  @UseGuards(UmaGuard)
  forgotten(): string {
    return SECRET_BEAT;
  }

  @Get('unprotected')
  unprotected(@Decision() decision: UmaDecision): string {
    return `${SECRET_BEAT} ${decision.resource.id}`;
  }
}

@Controller('whole/:id')
@UmaProtect({ resource: heart, scopes: ['heart-rate:read'] })
class WholeController {
  @Get()
  read(): string {
    return SECRET_BEAT;
  }

  @Get('summary')
  @UmaProtect({ resource: heart, scopes: ['heart-rate:summary'] })
  summary(): string {
    return SECRET_BEAT;
  }
}

/** A small resource server behind the real guard, listening on a port of loopback: a random one when none is given. */
export async function guardedApplication(
  ports: GuardPorts,
  options: Partial<UmaModuleOptions> = {},
  port = 0,
): Promise<INestApplication> {
  const uma = UmaModule.register({
    realm: 'heart',
    audience: 'http://rs.test',
    providers: guardPorts(ports),
    ...options,
  });
  @Module({ imports: [uma], controllers: [HeartController, WholeController], providers: [HeaderLoader, ListLoader] })
  class GuardedModule {}
  const module = await Test.createTestingModule({ imports: [GuardedModule] }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  app.enableCors(UMA_CORS);
  await app.listen(port, '127.0.0.1');
  return app;
}
