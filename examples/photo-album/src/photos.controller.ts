import { Controller, type ExecutionContext, Get, Injectable, Post } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Decision, Decisions, ResourceLoader, type UmaDecision, UmaProtect } from 'pulsegate/uma';

import { Photos } from './photos.js';

/** A photo as it is answered. */
export interface PhotoView {
  readonly id: string;
  readonly title: string | undefined;
}

/** The photos of an album: the address names the album, and each of its photos is a resource. */
@Injectable()
export class AlbumLoader extends ResourceLoader {
  constructor(private readonly photos: Photos) {
    super();
  }

  resourceId(call: ExecutionContext): Promise<readonly string[]> {
    const { params } = call.switchToHttp().getRequest<FastifyRequest<{ Params: { album: string } }>>();
    return Promise.resolve(this.photos.inAlbum(params.album));
  }
}

const photo = { param: 'photo' };

/** The photos, for whoever brings a token that their owner lets them have. */
@Controller()
export class PhotosController {
  constructor(private readonly photos: Photos) {}

  @Get('photos/:photo')
  @UmaProtect({ resource: photo, scopes: ['view'] })
  view(@Decision() { resource }: UmaDecision): PhotoView {
    return { id: resource.id, title: this.photos.titleOf(resource.id) };
  }

  /** Whoever may print may see what it is. */
  @Get('photos/:photo/title')
  @UmaProtect({ resource: photo, scopes: { anyOf: ['view', 'print'] } })
  title(@Decision() { resource }: UmaDecision): string | undefined {
    return this.photos.titleOf(resource.id);
  }

  @Post('photos/:photo/prints')
  @UmaProtect({ resource: photo, scopes: ['print'] })
  print(@Decision() { resource, clientId }: UmaDecision): object {
    return { printing: resource.id, for: clientId };
  }

  /** All photos of an album: the token has to open each of them. */
  @Get('albums/:album')
  @UmaProtect({ resource: { loader: AlbumLoader }, scopes: ['view'] })
  album(@Decisions() decisions: readonly UmaDecision[]): readonly PhotoView[] {
    return decisions.map(({ resource: { id } }) => ({ id, title: this.photos.titleOf(id) }));
  }
}
