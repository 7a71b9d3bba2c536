import { type Incoming, LoopbackServer, type Reply } from '../loopback/loopback-server.js';
import { Browser, redirectOf } from './browser.js';
import { Page } from './page.js';
import { questionOf, walk } from './walk.js';

const html = (body: string, headers: Record<string, string> = {}): Reply => {
  return { status: 200, headers: { 'content-type': 'text/html', ...headers }, text: `<title>A &amp; B</title>${body}` };
};
const to = (location: string): Reply => ({ status: 303, headers: { location, 'set-cookie': 'session=1; Path=/' } });

const SIGN_IN = `<form method="post" action="/sign-in"><input name="csrf" type="hidden" value="x&#39;&quot;">
  <input name="user"><input type="password" name="word"><button>Sign in</button></form>`;
const CONSENT = `<form method="post" action="/consent"><input type="checkbox" name="remember" value="yes">
  <input type="checkbox" name="kept" checked><input type="radio" name="how" value="a"><input type="radio" name="how" value="b" checked>
  <button formaction="/cancel" name="choice" value="no">Cancel</button><input type="submit" value="Continue" name="choice"></form>`;

describe('a person who walks through the pages of a server', () => {
  const posted: Record<string, string> = {};
  let server: LoopbackServer;
  const handle = ({ method, url, body, headers }: Incoming): Reply => {
    if (method === 'POST') posted[url.pathname] = body;
    switch (url.pathname) {
      case '/':
        return headers.cookie === undefined ? html(SIGN_IN) : html(CONSENT);
      case '/sign-in':
        return to('/');
      case '/loop':
        return to('/loop');
      case '/endless':
        return html('<form method="post" action="/endless"><button>Continue</button></form>');
      default:
        return to(`https://c.test/cb?at=${url.pathname}`);
    }
  };
  beforeAll(async () => {
    server = await LoopbackServer.start(handle);
  });
  afterAll(() => server.stop());

  const bob = { username: 'bob', password: 'demo' };
  const begin = async (person: Parameters<typeof walk>[2]) => {
    const browser = new Browser(['https://c.test/']);
    return walk(browser, await browser.open(`${server.origin}/`), person);
  };

  it('signs in, agrees, and ends at the address to stop at', async () => {
    const page = await begin({ ...bob, tickAll: true });
    expect(page.url).toBe('https://c.test/cb?at=/consent');
    expect(page.query.get('at')).toBe('/consent');
    expect(posted['/sign-in']).toBe(new URLSearchParams({ csrf: 'x\'"', user: 'bob', word: 'demo' }).toString());
    expect(posted['/consent']).toBe('remember=yes&kept=on&how=b&choice=Continue');
  });

  it('leaves boxes as they are unless told otherwise', async () => {
    await begin(bob);
    expect(posted['/consent']).toBe('kept=on&how=b&choice=Continue');
  });

  it('says no', async () => {
    expect((await begin({ ...bob, answer: 'no' })).url).toBe('https://c.test/cb?at=/cancel');
    expect(posted['/cancel']).toBe('kept=on&how=b&choice=no');
  });

  it('stops before the question', async () => {
    const page = await begin({ ...bob, answer: 'leave' });
    expect(page.title).toBe('A & B');
    expect(questionOf(page)?.action).toBe(`${server.origin}/consent`);
  });

  it('follows neither redirects nor forms for ever', async () => {
    const browser = new Browser();
    await expect(browser.open(`${server.origin}/loop`)).rejects.toThrow('redirects');
    await expect(walk(browser, await browser.open(`${server.origin}/endless`), bob)).rejects.toThrow('10 pages');
    expect(redirectOf(await browser.look(`${server.origin}/loop`))).toBe(`${server.origin}/loop`);
    expect(browser.cookiesFor(server.origin)).toBe('session=1');
  });

  it('has no question on a page without forms', () => {
    expect(questionOf(new Page('https://as.test/', 200, {}, '<p>Done.</p>'))).toBeUndefined();
    expect(redirectOf(new Page('https://as.test/', 303, {}, ''))).toBeUndefined();
  });
});
