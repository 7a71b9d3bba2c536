import { setTimeout } from 'node:timers/promises';

import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';

import { LoginListener } from '../auth/login-listener.js';
import { AuthorizationServerUnreachable } from '../uma/protection-api/authorization-server-unreachable.js';
import type { ResourceOwner } from '../uma/protection-api/resource-owner.js';
import { OwnedResources } from './owned-resources.js';
import { Registrations } from './registrations.js';
import { RESOURCES_OPTIONS, type ResourcesOptions } from './resources.options.js';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 5 * 60_000;
/** How long the end of the process waits for a call to an authorization server that may not answer. */
const PATIENCE_MS = 1_000;

/**
 * Sees to it that registrations are kept in step: the owner's at each of her sign-ins, everyone's when the process
 * starts. The start waits for none of it; what fails because an authorization server is away is tried again.
 */
@Injectable()
export class ResourceRegistrar extends LoginListener implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ResourceRegistrar.name);
  private readonly stop = new AbortController();
  private rounds: Promise<void> = Promise.resolve();

  constructor(
    private readonly registrations: Registrations,
    private readonly resources: OwnedResources,
    @Inject(RESOURCES_OPTIONS) private readonly options: ResourcesOptions,
  ) {
    super();
  }

  /** A sign-in succeeds even while nothing can be registered: the owner's page then offers to try again. */
  override async signedIn(person: ResourceOwner, name?: string): Promise<void> {
    const { id } = await this.registrations.claim(person);
    if (name !== undefined) await this.resources.rename(id, name);
    await this.keepInStep(person);
  }

  onApplicationBootstrap(): void {
    this.rounds = this.keepAllInStep().catch((error: unknown) => {
      this.logger.error('Registrations could not be compared.', error instanceof Error ? error.stack : undefined);
    });
  }

  /**
   * Begins no further call, and waits a moment for the one under way, which may still want to write down its outcome. Not
   * longer: what sensors have sent waits behind it to be stored and answered.
   */
  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await Promise.race([this.rounds, setTimeout(PATIENCE_MS, undefined, { ref: false })]);
  }

  private async keepAllInStep(): Promise<void> {
    let owners = (await this.resources.all()).map(({ owner }) => owner);
    for (let delay = this.options.retryDelayMs ?? FIRST_RETRY_MS; ; delay = Math.min(2 * delay, LONGEST_RETRY_MS)) {
      owners = await this.round(owners);
      if (owners.length === 0 || !(await this.pause(delay))) return;
    }
  }

  /** @returns those whose registration could not be compared */
  private async round(owners: readonly ResourceOwner[]): Promise<ResourceOwner[]> {
    const left: ResourceOwner[] = [];
    for (const owner of owners) {
      if (this.stop.signal.aborted || !(await this.keepInStep(owner))) left.push(owner);
    }
    return left;
  }

  private async keepInStep(owner: ResourceOwner): Promise<boolean> {
    try {
      await this.registrations.keepInStep(owner);
      return true;
    } catch (error) {
      const isAway = error instanceof AuthorizationServerUnreachable;
      if (isAway) this.logger.warn(`A registration could not be kept in step: ${error.message}`);
      else this.logger.error('A registration failed.', error instanceof Error ? error.stack : undefined);
      return false;
    }
  }

  /** @returns false when the process stops */
  private async pause(delayMs: number): Promise<boolean> {
    const { signal } = this.stop;
    await setTimeout(delayMs, undefined, { signal, ref: false }).catch(() => undefined);
    return !signal.aborted;
  }
}
