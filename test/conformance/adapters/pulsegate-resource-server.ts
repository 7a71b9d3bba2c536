import { Browser } from '../browser/browser.js';
import type { Page } from '../browser/page.js';
import { member } from '../http/answer.js';
import { type Call, exchange, type Method } from '../http/exchange.js';
import type { Place, ResourceServerUnderTest } from './adapter.js';
import { freePort } from './free-port.js';
import { commandOf, commonEnvironment } from './pulsegate-environment.js';
import { StartedProcess } from './started-process.js';

const CACHE_SECONDS = 2;
/** A heart rate that stands nowhere else. */
const BEATS = 137;

/** Pulsegate's resource server: alice signs in, which registers her resource, and a sensor of hers sends once. */
export async function start(place: Place): Promise<ResourceServerUnderTest> {
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const process = new StartedProcess(commandOf('main.resource-server.js'), place.folder, {
    ...commonEnvironment(place),
    RS_PORT: String(port),
    RS_BASE_URL: baseUrl,
    RS_CLIENT_ID: place.clientId,
    RS_CLIENT_SECRET: place.clientSecret,
    INTROSPECTION_CACHE_SECONDS: String(CACHE_SECONDS),
  });
  await process.answers(`${baseUrl}/health/live`);
  return {
    url: await sharedHeart(baseUrl),
    scope: 'heart-rate:read',
    content: `"heartRate":${BEATS}`,
    audience: baseUrl,
    cacheSeconds: CACHE_SECONDS,
    stop: () => process.stop(),
  };
}

async function sharedHeart(baseUrl: string): Promise<string> {
  const alice = new Browser();
  const page = await alice.open(`${baseUrl}/login?returnTo=/`);
  const headers = { cookie: alice.cookiesFor(baseUrl), 'x-csrf-token': csrfTokenOf(page) };
  const call = async (method: Method, path: string, more: Call = {}): Promise<unknown> => {
    const answer = await exchange(method, `${baseUrl}${path}`, { headers, ...more });
    if (answer.status >= 300) throw new Error(`${method} ${path} of the resource server answered ${answer.status}.`);
    return answer.json;
  };
  const sensor = member({ json: await call('POST', '/api/sensors', { json: { name: 'Conformance' } }) }, 'credential');
  const measurement = { heartRate: BEATS, timestamp: new Date().toISOString() };
  await call('POST', '/measurements', { headers: {}, bearer: String(sensor), json: measurement });
  const resources = (await call('GET', '/api/resources')) as readonly { readonly url: string }[];
  const url = resources[0]?.url;
  if (url === undefined) throw new Error('The resource server has no resource of alice.');
  return url;
}

function csrfTokenOf(page: Page): string {
  const fields = page.forms.flatMap((form) => form.fields);
  return fields.find(({ name }) => name === 'csrf_token')?.value ?? '';
}
