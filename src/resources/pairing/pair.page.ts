import { type Html, html } from '../../common/html.js';
import { page } from '../../common/pages/layout.js';
import { messagePage } from '../../common/pages/message.page.js';
import { csrfField, type PageFrame, signedInBar } from '../pages/page-parts.js';

/** What the page shows on which an owner types the code of her sensor. */
export interface CodeView extends PageFrame {
  /** Filled in already: the code of the link that led here, or what was typed before. */
  readonly userCode: string;
  /** What went wrong with the code before, and what to do now. */
  readonly problem?: string;
}

/** What the page shows on which she makes sure that it is her own sensor. */
export interface ComparisonView extends PageFrame {
  /** What the sensor calls itself. */
  readonly name: string;
  readonly userCode: string;
}

const INVALID = html`aria-invalid="true" aria-describedby="problem hint"`;

/** Writes the page that asks for the code of a sensor. */
export function codePage(view: CodeView): string {
  const { basePath, userCode, problem } = view;
  const isGiven = userCode !== '' && problem === undefined;
  return page({
    title: 'Connect a sensor',
    basePath,
    bar: signedInBar(view),
    body: html`<section class="card" aria-labelledby="heading">
      <div class="stack-tight">
        <h1 id="heading">Connect a sensor</h1>
        <p class="muted">${isGiven ? 'Does your sensor show this code?' : 'Type the code that your sensor shows.'}</p>
      </div>
      ${problem === undefined ? undefined : html`<p class="alert" role="alert" id="problem">${problem}</p>`}
      <form class="stack" method="post" action="${basePath}/pair">
        ${csrfField(view)}
        <div class="field">
          <label for="user_code">Code</label>
          <input
            id="user_code"
            name="user_code"
            value="${userCode}"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck="false"
            maxlength="100"
            required
            autofocus
            ${problem === undefined ? html`aria-describedby="hint"` : INVALID}
          />
          <p class="hint" id="hint">Eight letters, such as WDJB-MJHT. You may leave out the dash.</p>
        </div>
        <button class="primary" type="submit">Continue</button>
      </form>
    </section>`,
  });
}

/** Writes the page that asks whether the sensor at hand shows the code. @see RFC 8628 section 5.4 */
export function comparisonPage(view: ComparisonView): string {
  const { basePath, name, userCode } = view;
  return page({
    title: 'Is it your sensor?',
    basePath,
    bar: signedInBar(view),
    body: html`<section class="card" aria-labelledby="heading">
      <div class="stack-tight">
        <p class="muted">Is it your sensor?</p>
        <h1 id="heading">Connect ${name}</h1>
      </div>
      <div class="stack-tight">
        <p class="muted">Does it show this code?</p>
        <p class="user-code">${userCode}</p>
      </div>
      <p>
        Go on only if you see this code on a sensor of your own. If somebody sent it to you, cancel: what they measure
        would count as your heart rate.
      </p>
      <form class="actions" method="post" action="${basePath}/pair">
        ${csrfField(view)}
        <input type="hidden" name="user_code" value="${userCode}" />
        <button class="primary" type="submit" name="answer" value="connect">Connect</button>
        <button type="submit" name="answer" value="cancel">Cancel</button>
      </form>
    </section>`,
  });
}

/** Writes the page after a sensor was let in. */
export function connectedPage(frame: PageFrame, name: string): string {
  return ending(
    frame,
    `${name} is connected`,
    html`<p>It goes on by itself in a moment. You can disconnect it on your page at any time.</p>`,
  );
}

/** Writes the page after a sensor was sent away. */
export function cancelledPage(frame: PageFrame): string {
  return ending(frame, 'Not connected', html`<p>You cancelled, so the sensor cannot send into your heart rate.</p>`);
}

function ending({ basePath }: PageFrame, title: string, text: Html): string {
  const back = html`<p><a class="button primary" href="${basePath}/">My heart</a></p>`;
  return messagePage({ basePath, title, body: html`${text} ${back}` });
}
