import type { LoggedSample } from '../../measurements/sample-log.js';
import { type Samples, samplesMessage } from './live-messages.js';

/** Samples that many viewers get at once: each form in which they are sent is made once, for whoever needs it first. */
export class SharedSamples {
  private readonly message: Samples;
  private readonly forms = new Map<unknown, unknown>();

  /** @param upTo place in the stream after them */
  constructor(
    resourceId: string,
    readonly samples: readonly LoggedSample[],
    upTo: number,
  ) {
    this.message = samplesMessage(resourceId, samples, upTo);
  }

  /** What a function makes of them; called once, however many ask. */
  as<Form>(form: (message: Samples) => Form): Form {
    if (!this.forms.has(form)) this.forms.set(form, form(this.message));
    return this.forms.get(form) as Form;
  }
}
