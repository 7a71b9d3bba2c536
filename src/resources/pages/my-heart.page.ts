import { type Html, html } from '../../common/html.js';
import { page } from '../../common/pages/layout.js';
import type { Sample } from '../../measurements/reading.js';
import type { Sensor } from '../../measurements/sensors.js';
import { csrfField, type PageFrame, signedInBar, timeTag } from './page-parts.js';

/** What an owner's own page shows. */
export interface MyHeart extends PageFrame {
  /** The newest measurement, if there is any. */
  readonly latest: Sample | undefined;
  readonly sensors: readonly Sensor[];
  /** Whether others can be let in: not before the owner's authorization server knows the resource. */
  readonly registered: boolean;
  /** Whether this server may speak for the owner at her authorization server: she may have withdrawn that there. */
  readonly hasPat: boolean;
  /** Where she signs in again at her authorization server. */
  readonly signInAgain: string;
  /** Where the owner decides who may see it. */
  readonly policyUri: string | undefined;
  /** Tells the form for a new sensor of this page from that of any other. */
  readonly formToken: string;
  /** Address of the heart rate. */
  readonly address: string;
}

/** Writes the owner's own page. */
export function myHeartPage(view: MyHeart): string {
  return page({
    title: 'My heart',
    basePath: view.basePath,
    width: 'wide',
    bar: signedInBar(view),
    body: html`<h1 class="visually-hidden">My heart</h1>
      ${latestCard(view)} ${sharingCard(view)} ${sensorsCard(view)}`,
  });
}

function latestCard({ basePath, latest }: MyHeart): Html {
  const value =
    latest === undefined
      ? html`<p>Nothing was measured yet. Add a sensor below and let it send.</p>`
      : html`<p class="stack-tight">
          <span class="figure">${latest.heartRate} bpm</span>
          <span class="muted">measured ${timeTag(latest.recordedMs)}</span>
        </p>`;
  return html`<section class="card" aria-labelledby="now">
    <div class="spread">
      <h2 id="now">Your heart rate</h2>
      <a href="${basePath}/">Show the newest</a>
    </div>
    ${value}
  </section>`;
}

function sharingCard(view: MyHeart): Html {
  return html`<section class="card" aria-labelledby="sharing">
    <h2 id="sharing">Sharing</h2>
    ${stateOfSharing(view)}
  </section>`;
}

function stateOfSharing(view: MyHeart): Html {
  if (!view.hasPat) return interrupted(view);
  return view.registered ? sharing(view) : notReady(view);
}

function sharing({ policyUri, address }: MyHeart): Html {
  return html`<p>Nobody sees your heart rate unless you share it, and you can stop sharing at any time.</p>
    ${policyUri && html`<p><a class="button primary" href="${policyUri}">Share…</a></p>`}
    <p class="small">
      The address of your heart rate, for the people you share it with. They open a viewer, such as Pulse Viewer, and
      paste it there; in a browser by itself it opens nothing:<br />
      <code>${address}</code>
    </p>`;
}

function notReady(view: MyHeart): Html {
  return html`<p class="alert" role="status">
      Sharing is not ready: the server where you decide who may see your heart rate could not be reached.
    </p>
    <form method="post" action="${view.basePath}/resourceRegistration">
      ${csrfField(view)}
      <button type="submit">Try again</button>
    </form>`;
}

function interrupted({ signInAgain }: MyHeart): Html {
  return html`<p class="alert" role="status">
      Nobody else can see your heart rate now: the server where you decide who may see it does not let this one act for
      you any more. Sign in again to allow it.
    </p>
    <p><a class="button primary" href="${signInAgain}">Sign in again</a></p>`;
}

function sensorsCard(view: MyHeart): Html {
  const { sensors, basePath } = view;
  return html`<section class="card" aria-labelledby="sensors">
    <h2 id="sensors">Sensors</h2>
    ${sensors.length === 0 ? html`<p class="muted">No sensor may send yet.</p>` : sensorList(view)}
    <form class="stack" method="post" action="${basePath}/sensors">
      ${csrfField(view)}
      <input type="hidden" name="form_token" value="${view.formToken}" />
      <div class="field">
        <label for="name">Add a sensor</label>
        <input id="name" name="name" required maxlength="100" placeholder="Chest strap" autocomplete="off" />
      </div>
      <p><button type="submit">Add</button></p>
    </form>
    <p class="small">Does a sensor show you a code and this address? <a href="${basePath}/pair">Type the code</a></p>
  </section>`;
}

function sensorList(view: MyHeart): Html {
  return html`<div class="stack" role="list">${view.sensors.map((sensor) => sensorEntry(view, sensor))}</div>`;
}

function sensorEntry(view: MyHeart, sensor: Sensor): Html {
  const { id, name } = sensor;
  return html`<div class="spread" role="listitem">
    <div class="stack-tight">
      <strong>${name}</strong>
      <span class="small muted">${stateOfSensor(sensor)}</span>
    </div>
    <form method="post" action="${view.basePath}/sensors/${id}/disconnect">
      ${csrfField(view)}
      <button class="danger" type="submit">Disconnect<span class="visually-hidden"> ${name}</span></button>
    </form>
  </div>`;
}

function stateOfSensor({ lastSeenMs, battery, contact }: Sensor): Html {
  const seen = lastSeenMs === undefined ? html`not yet seen` : html`last seen ${timeTag(lastSeenMs)}`;
  const charge = battery === undefined ? '' : ` · battery ${battery} %`;
  const touch = contact === undefined ? '' : ` · ${contact ? 'contact good' : 'no skin contact'}`;
  return html`${seen}${charge}${touch}`;
}
