import { ConfigurationError } from './configuration-error.js';
import { parseLegacyConfig } from './legacy-config.js';

const EXPECTED = {
  AS_ISSUER: 'https://gluu.example.org',
  UMA_REALM: 'gluu.example.org',
  RS_BASE_URL: 'http://192.0.2.7:4000',
  RS_PORT: '4000',
  RS_CLIENT_ID: '@!1111!0008!AB12',
  RS_CLIENT_SECRET: 'fraunhofer',
  CLIENT_BASE_URL: 'http://192.0.2.7:3000',
  CLIENT_PORT: '3000',
  CLIENT_ID: '@!1111!0008!CD34',
  CLIENT_SECRET: 'it\'s; "quoted"',
};

const ASSIGNMENTS = `
// the old file; gluuServerAddress = "https://commented.example.org"
/* exports.umaRealm = "commented"; */
exports.gluuServerAddress = "gluu.example.org"; // without https://
exports.umaRealm = '"gluu.example.org"';
exports["resourceServerAddress"] = 'http://192.0.2.7:4000';
exports.resourceServerPort = 4000;
exports.resourceServerId = \`@!1111!0008!AB12\`
exports.resourceServerSecret="fraunhofer"
exports.clientServerAddress = "192.0.2.7:3000/"
exports.clientServerPort = '3000'
exports.clientServerId = "@!1111!0008!CD34";
exports.clientServerSecret = 'it\\'s; "quoted"';
`;

const OBJECT = `
module.exports = {
  gluuServerAddress: "https://gluu.example.org", umaRealm: '"gluu.example.org"',
  'resourceServerAddress': "http://192.0.2.7:4000", resourceServerPort: 4000,
  resourceServerId: "@!1111!0008!AB12", resourceServerSecret: 'fraunhofer',
  clientServerAddress: "http://192.0.2.7:3000",
  clientServerPort: 3000, clientServerId: '@!1111!0008!CD34',
  clientServerSecret: "it's; \\"quoted\\"" };
`;

const INI = `
; the older file
[gluu]
gluuServerAddress = gluu.example.org   ; a comment
umaRealm="gluu.example.org" # another
[servers]
resourceServerAddress = http://192.0.2.7:4000
resourceServerPort: 4000
resourceServerId = @!1111!0008!AB12
resourceServerSecret = 'fraunhofer'
clientServerAddress=http://192.0.2.7:3000
clientServerPort =3000
clientServerId = "@!1111!0008!CD34"
clientServerSecret = it's; "quoted"
#clientServerId = commented
`;

describe('an old configuration file', () => {
  it.each([
    ['CommonJS assignments', 'config.js', ASSIGNMENTS.replace('3000/"', '3000"')],
    ['an exported object', 'config.js', OBJECT],
    ['an ES module', 'config.mjs', OBJECT.replace('module.exports =', 'export default')],
    [
      'a variable',
      'config.js',
      `var config = {};${ASSIGNMENTS.replaceAll('exports', 'config').replace('3000/"', '3000"')}module.exports = config;`,
    ],
    ['INI lines', 'config.ini', INI],
    ['INI lines in a file with an upper-case name', 'CONFIG.INI', INI],
  ])('is read when it is written as %s', (_form, name, text) => {
    expect(parseLegacyConfig(name, text)).toEqual({ values: EXPECTED, warnings: [] });
  });

  it('names the issuer by an address, which may end in a slash where issuers do not', () => {
    const values = { AS_ISSUER: 'https://gluu.example.org' };
    for (const address of ['gluu.example.org/', 'https://gluu.example.org/']) {
      expect(parseLegacyConfig('c.js', `exports.gluuServerAddress = "${address}";`).values).toEqual(values);
    }
  });

  it('may hold export const declarations', () => {
    expect(parseLegacyConfig('c.mjs', 'export const umaRealm = "r", resourceServerPort = 1;').values).toEqual({
      UMA_REALM: 'r',
      RS_PORT: '1',
    });
  });

  it.each([
    ['config.js', 'exports.gluuServerAddess = "https://old.example.org"'],
    ['config.ini', 'gluuServerAddess=https://old.example.org'],
  ])('in %s may misspell gluuServerAddess, and is told so', (name, text) => {
    expect(parseLegacyConfig(name, text)).toEqual({
      values: { AS_ISSUER: 'https://old.example.org' },
      warnings: [expect.stringContaining('gluuServerAddess')],
    });
  });

  it('prefers the right spelling', () => {
    const text = 'gluuServerAddress = right.org\ngluuServerAddess = wrong.org';
    expect(parseLegacyConfig('c.ini', text).values).toEqual({ AS_ISSUER: 'https://right.org' });
  });

  it('lets the last of several values hold, and leaves out empty ones', () => {
    const text = 'exports.umaRealm = "first"; exports.umaRealm = "last"; exports.clientServerId = "";';
    expect(parseLegacyConfig('c.js', text).values).toEqual({ UMA_REALM: 'last' });
  });

  it('is not taken in by names that only end or begin alike, nor by comparisons', () => {
    const text = 'exports.myumaRealm = "x"; exports.umaRealmOld = "y"; if (umaRealm == "z") {}';
    expect(parseLegacyConfig('c.js', text).values).toEqual({});
  });

  it.each([
    'exports.clientServerSecret = process.env.SECRET || "hush";',
    'exports.clientServerSecret = "hush" + host;',
    'exports.clientServerSecret = `hush${port}`;',
    'exports.clientServerSecret = require("./hush");',
    'exports.clientServerSecret = 0x10;',
    'exports.clientServerSecret = "hush"\n  + host;',
    'exports.clientServerSecret = "hush"\n  .trim();',
    'exports.clientServerSecret = "hush"\n  in host;',
    'exports.clientServerSecret = "hush" /* a\n comment */ + host;',
    'exports.clientServerSecret = "hush\\n hush";',
    'exports.clientServerSecret = "hush\\u0041";',
    "exports.clientServerSecret = 'hush\\\n hush';",
  ])('is refused by the name of the key, and without the value, when a value is computed: %s', (text) => {
    expect(() => parseLegacyConfig('c.js', text)).toThrow(
      new ConfigurationError(['LEGACY_CONFIG: clientServerSecret must be a plain string or number']),
    );
  });

  it('is refused in the same way when a quoted INI value holds an escape', () => {
    expect(() => parseLegacyConfig('c.ini', 'clientServerSecret = "hush\\n hush"')).toThrow(
      new ConfigurationError(['LEGACY_CONFIG: clientServerSecret must be a plain string or number']),
    );
  });

  it.each([
    ['double quotes', `exports.doc = "set resourceServerSecret = 'foo';";`],
    ['single quotes', `exports.doc = 'umaRealm: "foo",';`],
    ['back quotes', 'exports.doc = `\nresourceServerPort = 1;\n`;'],
    ['a comparison', `if (name === 'umaRealm') {}`],
  ])('takes nothing out of another text in %s', (_where, text) => {
    expect(parseLegacyConfig('c.js', text).values).toEqual({});
  });

  it('may leave out semicolons, and the line break at its end', () => {
    const text = "exports.umaRealm = 'r' // realm\n\nexports.resourceServerPort = 4000\nexports.clientServerId = 'c'";
    expect(parseLegacyConfig('c.js', text).values).toEqual({ UMA_REALM: 'r', RS_PORT: '4000', CLIENT_ID: 'c' });
  });

  it('is never run', () => {
    const text = 'globalThis.ran = true; exports.umaRealm = "r";';
    expect(parseLegacyConfig('c.js', text).values).toEqual({ UMA_REALM: 'r' });
    expect(globalThis).not.toHaveProperty('ran');
  });
});
