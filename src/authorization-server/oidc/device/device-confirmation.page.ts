import { type Html, html } from '../../../common/html.js';
import { page } from '../../../common/pages/layout.js';
import type { DeviceView } from './device-view.js';

/** What the page shows on which a person makes sure that it is their own device. */
export interface DeviceConfirmationView extends DeviceView {
  /** What people call the device. */
  readonly clientName: string;
  readonly userCode: string;
}

/** Writes the page that asks whether the device at hand shows the code. @see RFC 8628 section 5.4 */
export function deviceConfirmationPage(view: DeviceConfirmationView): string {
  const { basePath, clientName, userCode } = view;
  return page({
    title: 'Is it your device?',
    basePath,
    body: html`<section class="card" aria-labelledby="heading">
      <div class="stack-tight">
        <p class="muted">Is it your device?</p>
        <h1 id="heading">Connect ${clientName}</h1>
      </div>
      <div class="stack-tight">
        <p class="muted">Does it show this code?</p>
        <p class="user-code">${userCode}</p>
      </div>
      <p>
        Go on only if you see this code on a device of your own. If somebody sent it to you, cancel: they would get
        access in your name.
      </p>
      <div class="actions">
        ${form(view, html`<button class="primary" type="submit" name="confirm" value="yes">Continue</button>`)}
        ${form(view, html`<button type="submit" name="abort" value="yes">Cancel</button>`)}
      </div>
    </section>`,
  });
}

function form({ action, formToken, userCode }: DeviceConfirmationView, button: Html): Html {
  return html`<form method="post" action="${action}">
    <input type="hidden" name="xsrf" value="${formToken}" />
    <input type="hidden" name="user_code" value="${userCode}" />
    ${button}
  </form>`;
}
