import { html } from '../../../common/html.js';
import { page } from '../../../common/pages/layout.js';
import type { DeviceView } from './device-view.js';

/** What the page shows on which a person types the code of their device. */
export interface DeviceCodeView extends DeviceView {
  /** Filled in already: the code of the link that led here, or what was typed before. */
  readonly userCode: string;
  /** What went wrong with the code before, and what to do now. */
  readonly problem?: string | undefined;
}

/** Writes the page that asks for the code of a device. */
export function deviceCodePage({ basePath, action, formToken, userCode, problem }: DeviceCodeView): string {
  const invalid = problem === undefined ? html`aria-describedby="hint"` : INVALID;
  return page({
    title: 'Connect a device',
    basePath,
    body: html`<section class="card" aria-labelledby="heading">
      <div class="stack-tight">
        <h1 id="heading">Connect a device</h1>
        <p class="muted">
          ${
            userCode === '' || problem !== undefined
              ? 'Type the code that your device shows.'
              : 'Does your device show this code?'
          }
        </p>
      </div>
      ${problem === undefined ? undefined : html`<p class="alert" role="alert" id="problem">${problem}</p>`}
      <form class="stack" method="post" action="${action}">
        <input type="hidden" name="xsrf" value="${formToken}" />
        <div class="field">
          <label for="user_code">Code</label>
          <input
            id="user_code"
            name="user_code"
            value="${userCode}"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck="false"
            required
            autofocus
            ${invalid}
          />
          <p class="hint" id="hint">Eight letters, such as WDJB-MJHT. You may leave out the dash.</p>
        </div>
        <button class="primary" type="submit">Continue</button>
      </form>
    </section>`,
  });
}

const INVALID = html`aria-invalid="true" aria-describedby="problem hint"`;
