import { Controller, Get, type INestApplication, Module, Post } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';

import type { Clock } from '../../src/common/clock.js';
import { FixedPats, FixedResources, guardPorts } from '../../src/testing/index.js';
import { UmaModule, UmaProtect } from '../../src/uma/index.js';
import { freePort } from './free-port.js';

const photo = { param: 'photo' };

@Controller('photos/:photo')
class PhotoController {
  @Get()
  @UmaProtect({ resource: photo, scopes: ['view'] })
  view(): string {
    return 'the photo';
  }

  @Post()
  @UmaProtect({ resource: photo, scopes: ['print'] })
  print(): string {
    return 'printing';
  }
}

/** A resource server with photos that may be viewed and printed, each by a scope of its own. */
export class PhotoAlbum {
  readonly pats = new FixedPats();
  readonly resources = new FixedResources();

  private constructor(
    readonly origin: string,
    private readonly port: number,
  ) {}

  private app: INestApplication | undefined;

  /** An album that is not open yet; its address is known. */
  static async plan(): Promise<PhotoAlbum> {
    const port = await freePort();
    return new PhotoAlbum(`http://127.0.0.1:${port}`, port);
  }

  async open(clock: Clock): Promise<void> {
    const uma = UmaModule.register({
      realm: 'photos',
      audience: this.origin,
      providers: guardPorts({ clock, pats: this.pats, resources: this.resources }),
    });
    @Module({ imports: [uma], controllers: [PhotoController] })
    class AlbumModule {}
    const module = await Test.createTestingModule({ imports: [AlbumModule] }).compile();
    this.app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    await this.app.listen(this.port, '127.0.0.1');
  }

  async close(): Promise<void> {
    await this.app?.close();
  }
}
