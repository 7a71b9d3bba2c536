import { describeOnEachDatabase, type OpenDatabase } from '../../../test/support/databases.js';
import type { AuthOptions } from '../../auth/auth.options.js';
import type { DeviceAuthorization, DeviceRefusal } from '../../auth/device-grant.js';
import type { DeviceLogin } from '../../auth/device-login.js';
import type { DeviceOutcome, SignIn } from '../../auth/openid-provider.js';
import { FixedClock } from '../../common/clock.fake.js';
import { Secret } from '../../common/secret.js';
import type { Database } from '../../database/database.js';
import { type MeasurementTables, measurementMigrations } from '../../database/resource-server/measurements.js';
import { pairingMigrations, type PairingTables } from '../../database/resource-server/pairings.js';
import { Sensors } from '../../measurements/sensors.js';
import type { OwnerAccess } from '../owner-access.js';
import { PairingPurge } from './pairing-purge.js';
import { PairingStore } from './pairing-store.js';
import { MAX_OPEN, Pairings } from './pairings.js';
import { TypedCodes } from './typed-codes.js';
import { WrongCodes } from './wrong-codes.js';

const ISSUER = 'https://as.example';
const ALICE = { issuer: ISSUER, subject: 'alice' };
const DEVICE_CODE = 'device code of the authorization server';
const SIGN_IN: SignIn = {
  person: ALICE,
  name: 'Alice',
  tokens: { accessToken: new Secret('access token'), scope: 'openid uma_protection' },
};
const SIGNED_IN: DeviceOutcome = { kind: 'signed-in', signIn: SIGN_IN };
const AUTHORIZATION: DeviceAuthorization = {
  deviceCode: new Secret(DEVICE_CODE),
  userCode: 'AAAA-BBBB',
  verificationUri: `${ISSUER}/device`,
  lifetimeSeconds: 300,
  intervalSeconds: 5,
};
const OPTIONS = {
  secretKey: new Secret('secret key of a test, long enough'),
  baseUrl: 'https://rs.example',
  servers: [{ issuer: ISSUER }, { issuer: 'https://clinic.example', name: 'City clinic' }],
} as unknown as AuthOptions;

/** An authorization server that answers as a test wishes. */
class FakeDeviceLogin implements Pick<DeviceLogin, 'begin' | 'ask' | 'welcome'> {
  authorization: DeviceAuthorization | undefined = AUTHORIZATION;
  outcome: DeviceOutcome = { kind: 'pending' };
  readonly asked: string[] = [];
  readonly welcomed: SignIn[] = [];
  gate: Promise<void> = Promise.resolve();

  begin = (issuer = ISSUER) => Promise.resolve({ issuer, authorization: this.authorization });

  async ask(issuer: string, deviceCode: Secret): Promise<DeviceOutcome> {
    this.asked.push(`${issuer} ${deviceCode.reveal()}`);
    await this.gate;
    return this.outcome;
  }

  welcome(signIn: SignIn): Promise<void> {
    this.welcomed.push(signIn);
    return Promise.resolve();
  }
}

const codeOf = (refusal: unknown): string => (refusal as { readonly code: string }).code;

/** The pairings of one process, or of several that share a database. */
class World {
  readonly clock = new FixedClock();
  readonly logins = new FakeDeviceLogin();
  readonly sensors: Sensors;
  readonly store: PairingStore;
  readonly pairings: Pairings;
  readonly codes: TypedCodes;

  static async make(open: OpenDatabase): Promise<World> {
    return new World(await open<MeasurementTables & PairingTables>({ ...measurementMigrations, ...pairingMigrations }));
  }

  private constructor(readonly database: Database<MeasurementTables & PairingTables>) {
    this.sensors = new Sensors(database, this.clock);
    this.store = new PairingStore(database, this.clock);
    this.pairings = this.instance();
    this.codes = new TypedCodes(this.store, new WrongCodes(this.clock), this.access, OPTIONS);
  }

  private get access(): OwnerAccess {
    const resourceOf = ({ subject }: { readonly subject: string }) => Promise.resolve({ id: `${subject}’s` });
    return { ensureResource: resourceOf, ownResource: resourceOf } as unknown as OwnerAccess;
  }

  /** One more process on the same database. */
  instance(options = OPTIONS): Pairings {
    const logins = this.logins as unknown as DeviceLogin;
    return new Pairings(this.store, logins, this.access, this.sensors, this.clock, options);
  }

  async begin(name = 'Chest strap'): Promise<string> {
    return (await this.pairings.begin(name)).handle.reveal();
  }

  /** What a sensor is told that asks so many seconds later: its credential, or why there is none. */
  async collect(handle: string, seconds = 5, by = this.pairings): Promise<string> {
    this.clock.advanceMs(seconds * 1000);
    return by.collect(handle).then(
      ({ credential }) => credential.reveal(),
      (refusal: unknown) => codeOf(refusal),
    );
  }

  /** Whether a credential lets a sensor of Alice in. */
  async isGood(credential: string): Promise<boolean> {
    return (await this.sensors.authenticate(credential))?.resourceId === 'alice’s';
  }

  async use(credential: string): Promise<void> {
    const sensor = await this.sensors.authenticate(credential);
    if (sensor !== undefined) await this.sensors.seen(sensor);
  }
}

const CREDENTIAL = /^[\w-]{43}$/;

describeOnEachDatabase('the pairing of sensors', (open) => {
  let world: World;
  beforeEach(async () => {
    world = await World.make(open);
  });

  describe('at an authorization server that has devices', () => {
    it('shows what that server says, under a handle of our own', async () => {
      const { handle, ...shown } = await world.pairings.begin('Chest strap');
      expect(shown).toEqual({
        userCode: 'AAAA-BBBB',
        verificationUri: `${ISSUER}/device`,
        lifetimeSeconds: 300,
        intervalSeconds: 5,
      });
      expect(handle.reveal()).toMatch(CREDENTIAL);
    });

    it('keeps no handle and no code in the clear', async () => {
      const handle = await world.begin();
      const rows = JSON.stringify(await world.database.kysely.selectFrom('pairing').selectAll().execute());
      expect(rows).toContain('Chest strap');
      for (const secret of [handle, DEVICE_CODE, 'AAAA-BBBB']) expect(rows).not.toContain(secret);
    });

    it('waits for the owner, and then gives the credential of a sensor of hers', async () => {
      const handle = await world.begin();
      expect(await world.collect(handle)).toBe('authorization_pending');
      world.logins.outcome = SIGNED_IN;
      const credential = await world.collect(handle);
      expect(await world.isGood(credential)).toBe(true);
      expect(await world.sensors.list('alice’s')).toMatchObject([{ name: 'Chest strap' }]);
      expect(world.logins.welcomed).toEqual([SIGN_IN]);
      expect(world.logins.asked).toEqual(Array(2).fill(`${ISSUER} ${DEVICE_CODE}`));
    });

    it('asks that server no more once it has answered', async () => {
      const handle = await world.begin();
      world.logins.outcome = SIGNED_IN;
      await world.collect(handle);
      await world.collect(handle);
      expect(world.logins.asked).toHaveLength(1);
      expect(world.logins.welcomed).toHaveLength(1);
    });

    it.each<[DeviceRefusal['kind'], string]>([
      ['denied', 'access_denied'],
      ['expired', 'expired_token'],
    ])('tells the sensor for good that it is %s', async (kind, told) => {
      const handle = await world.begin();
      world.logins.outcome = { kind };
      expect(await world.collect(handle)).toBe(told);
      world.logins.outcome = SIGNED_IN;
      expect(await world.collect(handle)).toBe(told);
      expect(world.logins.asked).toHaveLength(1);
      expect(await world.sensors.list('alice’s')).toEqual([]);
    });

    it('asks it no faster than the interval, however often the sensor asks', async () => {
      const handle = await world.begin();
      const told = [];
      for (const seconds of [0, 4.999, 0.001, 1]) told.push(await world.collect(handle, seconds));
      expect(told).toEqual(['authorization_pending', 'slow_down', 'authorization_pending', 'slow_down']);
      expect(world.logins.asked).toHaveLength(2);
    });

    it('slows down for good when that server says so, and the sensor with it (RFC 8628 section 3.5)', async () => {
      const handle = await world.begin();
      world.logins.outcome = { kind: 'slow-down' };
      expect(await world.collect(handle)).toBe('slow_down');
      world.logins.outcome = { kind: 'pending' };
      expect(await world.collect(handle, 9)).toBe('slow_down');
      expect(world.logins.asked).toHaveLength(1);
      expect(await world.collect(handle, 1)).toBe('authorization_pending');
      expect(await world.collect(handle, 9)).toBe('slow_down');
    });

    it('lets the sensor ask again when that server does not answer', async () => {
      const handle = await world.begin();
      const ask = jest.spyOn(world.logins, 'ask').mockRejectedValueOnce(Object.assign(new Error(), { code: 'away' }));
      expect(await world.collect(handle)).toBe('away');
      ask.mockRestore();
      world.logins.outcome = SIGNED_IN;
      expect(await world.collect(handle)).toMatch(CREDENTIAL);
    });

    it('is over at its end, also for an owner who answers later', async () => {
      const handle = await world.begin();
      world.logins.outcome = SIGNED_IN;
      expect(await world.collect(handle, 300)).toBe('expired_token');
      expect(world.logins.asked).toEqual([]);
    });

    it('is over after an hour at the latest', async () => {
      world.logins.authorization = { ...AUTHORIZATION, lifetimeSeconds: 86_400 };
      expect((await world.pairings.begin('Ring')).lifetimeSeconds).toBe(3600);
    });

    it('is over when the key is gone that its code was sealed with', async () => {
      const handle = await world.begin();
      const other = world.instance({ ...OPTIONS, secretKey: new Secret('another secret key, long enough') });
      expect(await world.collect(handle, 5, other)).toBe('expired_token');
    });

    it('has one instance ask, of several that the sensor asks at once', async () => {
      const handle = await world.begin();
      let answer = (): void => undefined;
      world.logins.gate = new Promise((resolve) => {
        answer = resolve;
      });
      world.logins.outcome = SIGNED_IN;
      const all = [world.pairings, world.instance(), world.instance()].map((by) => world.collect(handle, 0, by));
      await Promise.race(all);
      expect(world.logins.asked).toHaveLength(1);
      answer();
      const told = await Promise.all(all);
      expect(told.filter((one) => one === 'slow_down')).toHaveLength(2);
      expect(await world.sensors.list('alice’s')).toHaveLength(1);
    });
  });

  describe('a credential', () => {
    let handle: string;
    beforeEach(async () => {
      handle = await world.begin();
      world.logins.outcome = SIGNED_IN;
    });

    it('that was lost on its way is replaced: the one before is good for nothing', async () => {
      const [lost, found] = [await world.collect(handle), await world.collect(handle)];
      expect(await world.isGood(lost)).toBe(false);
      expect(await world.isGood(found)).toBe(true);
      expect(await world.sensors.list('alice’s')).toHaveLength(1);
      expect(await world.database.kysely.selectFrom('sensor').select('id').execute()).toHaveLength(1);
    });

    it('that is replaced ends the connection of whoever used it', async () => {
      const stolen = await world.sensors.authenticate(await world.collect(handle));
      await world.collect(handle);
      expect(stolen && world.sensors.isRevoked(stolen)).toBe(true);
    });

    it('that was used stays: nobody gets another one with the handle', async () => {
      const credential = await world.collect(handle);
      await world.use(credential);
      expect(await world.collect(handle)).toBe('invalid_grant');
      expect(await world.isGood(credential)).toBe(true);
    });

    it('is not replaced when the owner has disconnected the sensor', async () => {
      await world.collect(handle);
      const [sensor] = await world.sensors.list('alice’s');
      await world.sensors.revoke('alice’s', sensor?.id ?? '');
      expect(await world.collect(handle)).toBe('invalid_grant');
      expect(await world.sensors.list('alice’s')).toEqual([]);
    });

    it('can be fetched until the pairing is over', async () => {
      await world.collect(handle, 290);
      expect(await world.collect(handle, 10)).toBe('expired_token');
    });

    it('is not to be had with a guess, nor with what the database holds', async () => {
      await world.collect(handle);
      const { id } = await world.database.kysely.selectFrom('pairing').select('id').executeTakeFirstOrThrow();
      expect(await world.collect(id)).toBe('invalid_grant');
      expect(await world.collect('guessed')).toBe('invalid_grant');
    });
  });

  describe('by a code that the owner types here', () => {
    beforeEach(() => {
      world.logins.authorization = undefined;
    });
    const begun = async () => {
      const { handle, userCode } = await world.pairings.begin('Chest strap');
      return { handle: handle.reveal(), userCode };
    };
    const find = async (userCode: string, person = ALICE) => {
      const code = await world.codes.find(person, userCode);
      if (code.kind === 'problem') return code.problem;
      return code.kind === 'sensor' ? code.id : `${code.name} is connected`;
    };

    it('shows a code and where it is typed', async () => {
      const { handle, userCode, ...shown } = await world.pairings.begin('Chest strap');
      expect(shown).toEqual({
        verificationUri: 'https://rs.example/pair',
        verificationUriComplete: `https://rs.example/pair?user_code=${userCode}`,
        lifetimeSeconds: 600,
        intervalSeconds: 5,
      });
      const rows = JSON.stringify(await world.database.kysely.selectFrom('pairing').selectAll().execute());
      for (const secret of [handle.reveal(), userCode]) expect(rows).not.toContain(secret);
    });

    it('gives the sensor its credential when its owner lets it in, and asks no other server', async () => {
      const { handle, userCode } = await begun();
      expect(await world.collect(handle)).toBe('authorization_pending');
      const code = await world.codes.find(ALICE, userCode.toLowerCase());
      expect(code).toMatchObject({ kind: 'sensor', name: 'Chest strap', userCode });
      expect(await world.codes.letIn(ALICE, await find(userCode))).toBe(true);
      expect(await world.isGood(await world.collect(handle))).toBe(true);
      expect(world.logins.asked).toEqual([]);
    });

    it('tells the sensor when its owner sends it away', async () => {
      const { handle, userCode } = await begun();
      await world.codes.sendAway(await find(userCode));
      expect(await world.collect(handle)).toBe('access_denied');
      expect(await find(userCode)).toContain('This code was used already.');
    });

    it('is not let in twice: its owner sees that it is connected, others that the code was used', async () => {
      const { userCode } = await begun();
      await world.codes.letIn(ALICE, await find(userCode));
      expect(await find(userCode)).toBe('Chest strap is connected');
      expect(await find(userCode, { ...ALICE, subject: 'bob' })).toContain('This code was used already.');
    });

    it('lets one of two people in who are let in at once', async () => {
      const { userCode } = await begun();
      const id = await find(userCode);
      const people = [ALICE, { ...ALICE, subject: 'bob' }];
      const isIn = await Promise.all(people.map((person) => world.codes.letIn(person, id)));
      expect([...isIn].sort()).toEqual([false, true]);
    });

    it('says that a code is too old, and lets nobody in with it', async () => {
      const { handle, userCode } = await begun();
      const id = await find(userCode);
      world.clock.advanceMs(600_000);
      expect(await find(userCode)).toContain('This code is too old.');
      expect(await world.codes.letIn(ALICE, id)).toBe(false);
      expect(await world.collect(handle)).toBe('expired_token');
    });

    it('is for people of the authorization server that the sensor named', async () => {
      const { userCode } = await world.pairings.begin('Ring', 'https://clinic.example');
      expect(await find(userCode)).toBe(
        'This code is for people who sign in at City clinic. Sign out, and sign in there.',
      );
      expect(await find(userCode, { issuer: 'https://clinic.example', subject: 'alice' })).not.toContain(' ');
    });

    it('finds no sensor that is let in at its authorization server', async () => {
      world.logins.authorization = AUTHORIZATION;
      await world.begin();
      expect(await find('AAAA-BBBB')).toBe(
        'This code is not known here. Look at your sensor and type it once more. ' +
          'If it shows another address with the code, type the code there.',
      );
    });

    it('lets nobody guess with many codes at once', async () => {
      const problems = await Promise.all(Array.from({ length: 15 }, () => find('BBBB-BBBB')));
      expect(problems.filter((problem) => problem.includes('not known here'))).toHaveLength(10);
    });

    it('lets nobody guess: after ten wrong codes also the right one is refused', async () => {
      const { userCode } = await begun();
      expect(await find('')).toBe('Type the code first.');
      for (let guess = 0; guess < 10; guess++) expect(await find('BBBB-BBBB')).toContain('not known here');
      expect(await world.codes.find(ALICE, userCode)).toMatchObject({ kind: 'problem', status: 429 });
      expect(await find(userCode, { ...ALICE, subject: 'bob' })).not.toContain(' ');
    });
  });

  it('begins no more when very many are open, and again when they are over', async () => {
    const { kysely } = world.database;
    await world.begin();
    jest.spyOn(world.store, 'open').mockResolvedValueOnce(MAX_OPEN);
    expect(await world.begin().catch(codeOf)).toBe('temporarily_unavailable');
    expect(await kysely.selectFrom('pairing').select('id').execute()).toHaveLength(1);
    expect(await world.store.open()).toBe(1);
    world.clock.advanceMs(300_000);
    expect(await world.store.open()).toBe(0);
  });

  it('is forgotten an hour after it is over', async () => {
    const purge = new PairingPurge(world.store);
    const handle = await world.begin();
    await purge.purge();
    expect(await world.collect(handle)).toBe('authorization_pending');
    expect(await world.collect(handle, 300 + 3590)).toBe('expired_token');
    await purge.purge();
    expect(await world.collect(handle)).toBe('expired_token');
    await purge.purge();
    expect(await world.collect(handle)).toBe('invalid_grant');
  });
});
