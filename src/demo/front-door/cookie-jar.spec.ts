import { CookieJar } from './cookie-jar.js';

describe('a cookie jar', () => {
  const at = (address: string): URL => new URL(address);
  let jar: CookieJar;
  beforeEach(() => {
    jar = new CookieJar();
  });

  it('gives cookies back to every port of the host that set them, and to no other host', () => {
    jar.store(at('http://localhost:4000/'), ['a=1; Path=/']);
    expect(jar.header(at('http://localhost:8080/'))).toBe('a=1');
    expect(jar.header(at('http://127.0.0.1:4000/'))).toBeUndefined();
  });

  it('gives them back below their path alone', () => {
    jar.store(at('http://localhost/'), ['a=1; Path=/app', 'b=2; Path=/app/']);
    expect(jar.header(at('http://localhost/app/x'))).toBe('a=1; b=2');
    expect(jar.header(at('http://localhost/app'))).toBe('a=1');
    expect(jar.header(at('http://localhost/apple'))).toBeUndefined();
  });

  it('sends secure ones over TLS and to loopback', () => {
    for (const host of ['https://heart.example', 'http://heart.example', 'http://localhost']) {
      jar.store(at(host), ['a=1; Secure; HttpOnly; SameSite=Lax']);
    }
    expect(jar.header(at('https://heart.example/'))).toBe('a=1');
    expect(jar.header(at('http://heart.example/'))).toBeUndefined();
    expect(jar.matching(at('http://localhost/'))).toEqual([
      { name: 'a', value: '1', path: '/', secure: true, httpOnly: true, sameSite: 'lax' },
    ]);
  });

  it.each(['Max-Age=0', 'Max-Age=-1', 'Expires=Thu, 01 Jan 1970 00:00:00 GMT'])(
    'forgets one that is set with %s',
    (end) => {
      jar.store(at('http://localhost/'), ['a=1', 'b=x=y; Max-Age=60']);
      jar.store(at('http://localhost/'), [`a=; ${end}`]);
      expect(jar.header(at('http://localhost/'))).toBe('b=x=y');
    },
  );

  it('forgets everything when it is cleared', () => {
    jar.store(at('http://localhost/'), ['a']);
    expect(jar.matching(at('http://localhost/'))).toMatchObject([{ name: 'a', value: '' }]);
    jar.clear();
    expect(jar.header(at('http://localhost/'))).toBeUndefined();
  });
});
