import { Injectable } from '@nestjs/common';
import { type ProtectedResource, ProtectedResources } from 'pulsegate/uma';

/** A photo, and where it belongs. */
export interface Photo {
  readonly id: string;
  readonly title: string;
  readonly album: string;
}

const PHOTOS: readonly Photo[] = [
  { id: 'beach', title: 'The beach at dawn', album: 'holiday' },
  { id: 'harbour', title: 'The harbour at noon', album: 'holiday' },
  { id: 'garden', title: 'The garden in May', album: 'home' },
];

/**
 * The photos, and how each of them is protected: what the guard asks before anything else. In memory, because this is an
 * example; what `protect` notes belongs in your database.
 */
@Injectable()
export class Photos extends ProtectedResources {
  readonly all = PHOTOS;
  private readonly protectedOnes = new Map<string, ProtectedResource>();

  find(id: string): Promise<ProtectedResource | undefined> {
    return Promise.resolve(this.protectedOnes.get(id));
  }

  /** Notes under which id (`_id`) a photo is registered at the authorization server of its owner. */
  protect(resource: ProtectedResource): void {
    this.protectedOnes.set(resource.id, resource);
  }

  titleOf(id: string): string | undefined {
    return this.all.find((photo) => photo.id === id)?.title;
  }

  inAlbum(album: string): readonly string[] {
    return this.all.filter((photo) => photo.album === album).map(({ id }) => id);
  }
}
