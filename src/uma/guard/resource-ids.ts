import { type ExecutionContext, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';

import { isStringArray } from '../protocol/strict-json.js';
import type { ResourceSelector, UmaProtection } from './uma-protection.js';
import { unknownResource } from './uma-refusal.js';

/** Finds out which resources a call is for. */
@Injectable()
export class ResourceIds {
  constructor(private readonly moduleRef: ModuleRef) {}

  /** The id of a call for one resource that a parameter names plainly; of any other `undefined`, without a look. */
  plain({ resource }: UmaProtection, parameters: unknown): string | undefined {
    if (!('param' in resource)) return undefined;
    const id = memberOf(parameters, resource.param);
    return typeof id === 'string' ? id : undefined;
  }

  /**
   * @param parameters where parameters are looked for: those of the path, or the message of an event
   * @returns at least one id for every selector
   * @throws UmaRefusal when one of them finds none
   */
  async of({ resource }: UmaProtection, context: ExecutionContext, parameters: unknown): Promise<readonly string[]> {
    const selectors = 'param' in resource || 'loader' in resource ? [resource] : resource;
    const found = await Promise.all(selectors.map((selector) => this.select(selector, context, parameters)));
    return found.flat();
  }

  private async select(
    selector: ResourceSelector,
    context: ExecutionContext,
    parameters: unknown,
  ): Promise<readonly string[]> {
    const found =
      'param' in selector
        ? memberOf(parameters, selector.param)
        : await this.moduleRef.get(selector.loader, { strict: false }).resourceId(context);
    const ids = typeof found === 'string' ? [found] : found;
    if (!isStringArray(ids) || ids.length === 0) throw unknownResource();
    return ids;
  }
}

function memberOf(parameters: unknown, name: string): unknown {
  if (typeof parameters !== 'object' || parameters === null || !Object.hasOwn(parameters, name)) return undefined;
  return (parameters as Readonly<Record<string, unknown>>)[name];
}
