import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DemoFolder, DemoFolderError } from './demo-folder.js';
import { demoAddresses } from './demo-world.js';

describe('the folder of a demo world', () => {
  const addresses = demoAddresses();
  let data: string;
  let folder: DemoFolder;
  const file = (name: string): string => join(folder.path, name);

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'pulsegate-demo-'));
    folder = DemoFolder.below(join(data, '.data'));
  });
  afterEach(() => {
    rmSync(data, { recursive: true });
  });

  it('gets a new world, which only its owner may read', () => {
    const world = folder.open(addresses);
    expect(world).toMatchObject(addresses);
    expect(statSync(file('demo.json')).mode & 0o777).toBe(0o600);
    expect(statSync(folder.path).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder.path)).toEqual(['demo.json']);
  });

  it('keeps its world for the next start, with what was made in it', () => {
    const world = { ...folder.open(addresses), seeded: { resource: 'r', chestStrap: 'c', recordingPlayer: 'p' } };
    folder.save(world);
    expect(folder.open(addresses)).toEqual(world);
  });

  it('is another one for other ports', () => {
    const other = DemoFolder.below(folder.path, 5000);
    expect(other.path).toBe(file('port-base-5000'));
    const secretOf = (place: DemoFolder) => place.open(demoAddresses(5000)).clients.client.clientSecret;
    expect(secretOf(other)).not.toBe(secretOf(folder));
  });

  it.each([
    ['cut off', '{"issuer": "http://localh'],
    ['of another kind', '[]'],
    ['nothing', 'null'],
    [
      'without its people',
      '{"issuer": "", "resourceServer": "", "client": "", "clients": {}, "registrationToken": ""}',
    ],
  ])('with a demo.json that is %s says so and how to go on', (_how, content) => {
    mkdirSync(folder.path);
    writeFileSync(file('demo.json'), content);
    expect(() => folder.open(addresses)).toThrow(
      new DemoFolderError(`${file('demo.json')} is broken. Start once with --reset to make a new demo world.`),
    );
  });

  it('with a demo.json whose sensors have lost their credentials says so too', () => {
    const world = folder.open(addresses);
    writeFileSync(file('demo.json'), JSON.stringify({ ...world, seeded: { resource: 'r' } }));
    expect(() => folder.open(addresses)).toThrow('is broken');
  });

  it('of other servers is refused', () => {
    mkdirSync(folder.path);
    writeFileSync(file('resource-server.sqlite'), 'heart rates of a real person');
    expect(() => folder.open(addresses)).toThrow('holds resource-server.sqlite but no demo.json');
    expect(existsSync(file('demo.json'))).toBe(false);
  });

  it('is reset by taking away what is the demo’s and nothing else', () => {
    folder.open(addresses);
    for (const name of ['resource-server.sqlite', 'client.key', 'authorization-server.log', 'thesis.txt']) {
      writeFileSync(file(name), name);
    }
    mkdirSync(file('client-files'));
    writeFileSync(join(file('client-files'), 'hearthRate.txt'), '');
    DemoFolder.below(folder.path, 5000).open(demoAddresses(5000));
    folder.reset();
    expect(readdirSync(folder.path).sort()).toEqual(['port-base-5000', 'thesis.txt']);
    expect(readdirSync(file('port-base-5000'))).toEqual(['demo.json']);
  });

  it('is reset even when its demo.json is broken', () => {
    mkdirSync(folder.path);
    writeFileSync(file('demo.json'), '{');
    folder.reset();
    expect(folder.open(addresses)).toMatchObject(addresses);
  });

  it('that is not the demo’s stays as it is at a reset', () => {
    mkdirSync(folder.path);
    writeFileSync(file('client.sqlite'), 'of another installation');
    folder.reset();
    expect(readFileSync(file('client.sqlite'), 'utf8')).toBe('of another installation');
  });
});
