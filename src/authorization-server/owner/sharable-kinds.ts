import { Injectable } from '@nestjs/common';

import { UmaError } from '../../uma/protocol/uma-error.js';
import { type RegisteredResource, RegisteredResources } from '../uma/registered-resources.js';
import { MAX_TYPE_CHARACTERS } from './share.dto.js';

/** The type all of whose resources can be shared with a resource; `undefined` when it has none, or too long a one. */
export function kindOf({ description: { type } }: RegisteredResource): string | undefined {
  return type === undefined || type === '' || type.length > MAX_TYPE_CHARACTERS ? undefined : type;
}

/** Finds what else is of the kind of something that an owner has. */
@Injectable()
export class SharableKinds {
  constructor(private readonly resources: RegisteredResources) {}

  /** The type of an owner's resource. @throws UmaError `not_found` when there is no such resource, or it has no type */
  async of(ownerId: string, resourceId: string): Promise<string> {
    const resource = (await this.resources.ofOwner(ownerId)).find(({ id }) => id === resourceId);
    const kind = resource && kindOf(resource);
    if (kind === undefined) throw new UmaError('not_found', 'There is no such resource.');
    return kind;
  }
}
