import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { UserAgent } from './user-agent.js';

type Reply = (request: IncomingMessage, response: ServerResponse, body: string) => void;

describe('a person at a browser without JavaScript', () => {
  let server: Server;
  let url: string;
  let replies: Record<string, Reply>;
  let agent: UserAgent;

  const html =
    (body: string): Reply =>
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end(body);
    };
  const redirect =
    (status: number, location: string): Reply =>
    (_request, response) => {
      response.writeHead(status, { location }).end();
    };
  const echo: Reply = ({ method, url: path, headers }, response, body) => {
    const { cookie, origin, accept } = headers;
    response.end(JSON.stringify({ method, path, body, cookie, origin, accept }));
  };

  beforeEach(async () => {
    replies = {};
    agent = new UserAgent();
    server = createServer((request, response) => {
      const reply = replies[new URL(request.url ?? '/', 'http://server').pathname] ?? echo;
      void text(request).then((body) => {
        reply(request, response, body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('follows redirects and keeps what was set on the way', async () => {
    replies['/first'] = (_request, response) => {
      response.writeHead(302, { location: '/second', 'set-cookie': ['a=1; Path=/', 'b=2; Path=/elsewhere'] }).end();
    };
    replies['/second'] = redirect(303, '/third?x=y');
    const page = await agent.get(`${url}/first`);
    expect(page.query).toEqual({ x: 'y' });
    expect(page.json()).toMatchObject({ method: 'GET', cookie: 'a=1' });
    expect(agent.trail.map(({ status }) => status)).toEqual([302, 303, 200]);
  });

  it('does not visit an address where it is to stop', async () => {
    replies['/start'] = redirect(302, 'http://elsewhere.test/callback?code=1');
    const page = await agent.get(`${url}/start`, { stopAt: ['http://elsewhere.test/callback'] });
    expect([page.url, page.status]).toEqual(['http://elsewhere.test/callback?code=1', 302]);
  });

  it('gives up a circle of redirects', async () => {
    replies['/circle'] = redirect(302, '/circle');
    await expect(agent.get(`${url}/circle`)).rejects.toThrow('More than 20 redirects');
  });

  it('refuses a redirect that would send the form again', async () => {
    replies['/again'] = redirect(307, '/');
    await expect(agent.post(`${url}/again`, {})).rejects.toThrow('Redirect with status 307');
  });

  it('fills in the form it is shown and presses the button that is meant', async () => {
    replies['/form'] = html(`
      <form action="/first"><button>Other</button></form>
      <form method="post" action="/second">
        <input type="hidden" name="token" value="a&amp;b" /><input name="name" />
        <input type="checkbox" name="agreed" /><textarea name="note">kept</textarea>
        <select name="pace"><option value="1">slow</option><option value="2" selected>fast</option></select>
        <button name="answer" value="yes">Yes</button><button name="answer" value="no" formaction="/third">No</button>
        <button type="button">Nothing</button>
      </form>`);
    await agent.get(`${url}/form`);
    const said = await agent.submit({ name: 'Alice' }, { button: 'Yes' });
    expect(said.json()).toMatchObject({
      method: 'POST',
      path: '/second',
      body: 'token=a%26b&name=Alice&note=kept&pace=2&answer=yes',
      origin: url,
    });
    await agent.get(`${url}/form`);
    expect((await agent.submit({ agreed: 'on' }, { form: '/third', button: 'No' })).json()).toMatchObject({
      path: '/third',
      body: expect.stringContaining('agreed=on') as string,
    });
  });

  it('puts the fields of a GET form into the address', async () => {
    replies['/search'] = html('<form action="/found?old=1"><input name="q" value="heart" /></form>');
    await agent.get(`${url}/search`);
    expect((await agent.submit()).json()).toMatchObject({ method: 'GET', path: '/found?q=heart' });
  });

  it('says which form, field or link it does not find', async () => {
    replies['/form'] = html('<title>Form</title><form method="post"><input name="q" /><button>Go</button></form>');
    expect(() => agent.page).toThrow('No page was opened yet.');
    await agent.get(`${url}/form`);
    expect(() => agent.submit({}, { button: 'Stop' })).toThrow('No form with button "Stop"');
    expect(() => agent.submit({ r: '' })).toThrow('The form has no field "r".');
    expect(() => agent.page.link('Home')).toThrow('No link "Home"');
  });

  it('follows a link by its text', async () => {
    replies['/'] = html('<a name="top"></a><a href="/next?a=1&amp;b=2"><span>Go</span> on</a>');
    await agent.get(url);
    expect((await agent.follow('Go on')).query).toEqual({ a: '1', b: '2' });
  });

  it('reads a page as a person does', async () => {
    replies['/'] = html(
      '<head><title>A &lt;heart&gt;</title><style>p{}</style></head><p>72&nbsp;bpm</p>\n<script>x()</script><p>now</p>',
    );
    const page = await agent.get(url);
    expect([page.title, page.text]).toEqual(['A <heart>', '72 bpm now']);
  });

  it('sends the headers that it always has, and those of one request', async () => {
    const german = new UserAgent({ headers: { 'accept-language': 'de' } });
    replies['/'] = ({ headers }, response) => response.end(JSON.stringify(headers));
    const seen = (await german.get(url, { headers: { 'x-one': '1' } })).json();
    expect(seen).toMatchObject({ 'accept-language': 'de', 'x-one': '1' });
  });
});
