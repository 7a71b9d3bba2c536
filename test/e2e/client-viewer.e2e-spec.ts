import { ClientApplication } from '../support/client-application.js';

describe('the viewer as it is served', () => {
  let client: ClientApplication;
  beforeAll(async () => {
    client = await ClientApplication.start('sqlite');
  });
  afterAll(async () => {
    await client.stop();
  });

  it.each(['/', '/open?resource=http%3A%2F%2Flocalhost%3A4000%2Fresources%2F1%2Fheart-rate'])(
    'is the same page at %s, signed in or not',
    async (path) => {
      const page = await client.visit(path);
      expect(page.status).toBe(200);
      expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(page.headers['cache-control']).toBe('no-cache');
      expect(page.body).toContain('<div id="viewer"></div>');
    },
  );

  it('may run scripts of its own server alone, and is never framed', async () => {
    const { headers } = await client.visit('/');
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/);
    expect(headers['content-security-policy']).not.toContain('unsafe');
  });

  it('has scripts that a browser keeps for ever, compressed where it takes that', async () => {
    const plain = await client.ask('/viewer/index-a1b2c3.js');
    expect(plain).toMatchObject({ status: 200, text: 'console.log("viewer");' });
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const packed = await client.ask('/viewer/index-a1b2c3.js', { headers: { 'accept-encoding': 'gzip' } });
    expect(packed).toMatchObject({ text: 'compressed', headers: { 'content-encoding': 'gzip' } });
    expect(packed.headers['content-type']).toMatch('javascript');
  });

  it.each(['/viewer/../index.html', '/viewer/%2e%2e/index.html', '/viewer/', '/viewer/missing.js'])(
    'serves nothing else below /viewer/: %s',
    async (path) => {
      expect((await client.app.inject({ url: path })).statusCode).toBe(404);
    },
  );

  it('has the look of all pages', async () => {
    const answer = await client.ask('/assets/pulsegate.css');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/css; charset=utf-8');
    const again = await client.ask('/assets/pulsegate.css', {
      headers: { 'if-none-match': String(answer.headers['etag']) },
    });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it('knows who is signed in, by name where there is one', async () => {
    const bob = await client.signIn('bob', 'Bob Stone');
    expect((await client.ask('/api/session', { as: bob })).json()).toEqual({
      name: 'Bob Stone',
      csrfToken: bob.csrfToken,
    });
    const nameless = await client.signIn('carol');
    expect((await client.ask('/api/session', { as: nameless })).json()).toMatchObject({ name: 'carol' });
  });

  it('signs in with a cookie of its own, out of reach of scripts', async () => {
    const { browser } = await client.signIn('bob');
    const [cookie] = browser.cookies.matching(new URL(client.baseUrl));
    expect(cookie).toMatchObject({ name: 'pulsegate_client', httpOnly: true, sameSite: 'lax' });
    expect(client.provider.authorizations.at(-1)).toMatchObject({ scope: 'openid profile email' });
    expect(client.provider.authorizations.at(-1)).not.toHaveProperty('prompt');
  });

  it('comes back to the link that somebody came with', async () => {
    const page = await client.visit(`/login?returnTo=${encodeURIComponent('/open?resource=http%3A%2F%2Frs.test%2Fr')}`);
    expect(page.url).toBe(`${client.baseUrl}/open?resource=http%3A%2F%2Frs.test%2Fr`);
  });
});
