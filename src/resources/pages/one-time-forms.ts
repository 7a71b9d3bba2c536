import { Injectable } from '@nestjs/common';

import { digest } from '../../common/digest.js';

/** How many forms are remembered before the oldest is forgotten. */
export const MAX_REMEMBERED = 10_000;

/**
 * Does once what a form asks for, though a browser that reloads the answer sends the form again. It remembers within
 * this process, so a form that is sent again after a restart counts as new.
 */
@Injectable()
export class OneTimeForms {
  /** Digests of session and form, the oldest first: what a browser sends as token may be long. */
  private readonly done = new Set<string>();

  /**
   * Runs what the form asks for, unless this form was sent before in this session. A form whose work failed may be sent
   * again.
   *
   * @returns what `work` gives; `undefined` when the form was sent before
   */
  async once<Result>(sessionId: string, form: string, work: () => Promise<Result>): Promise<Result | undefined> {
    const key = digest(`${sessionId} ${form}`);
    if (this.done.has(key)) return undefined;
    this.remember(key);
    try {
      return await work();
    } catch (error) {
      this.done.delete(key);
      throw error;
    }
  }

  private remember(key: string): void {
    this.done.add(key);
    if (this.done.size <= MAX_REMEMBERED) return;
    const [oldest] = this.done;
    if (oldest !== undefined) this.done.delete(oldest);
  }
}
