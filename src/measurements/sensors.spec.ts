import { describeOnEachDatabase } from '../../test/support/databases.js';
import { FixedClock } from '../common/clock.fake.js';
import { FakeNews } from '../common/news.fake.js';
import { type MeasurementTables, measurementMigrations } from '../database/resource-server/measurements.js';
import { Sensors } from './sensors.js';

const MINUTE_MS = 60_000;

describeOnEachDatabase('the sensors', (open) => {
  const someSensors = async () => {
    const database = await open<MeasurementTables>(measurementMigrations);
    const clock = new FixedClock();
    return { database, clock, sensors: new Sensors(database, clock) };
  };

  it('are known by their credential, of which only a digest is kept', async () => {
    const { database, sensors } = await someSensors();
    const { sensor, credential } = await sensors.create('alice', 'Chest strap');
    expect(await sensors.authenticate(credential.reveal())).toEqual(sensor);
    const rows = await database.kysely.selectFrom('sensor').selectAll().execute();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(credential.reveal());
  });

  it('are not known by any other credential', async () => {
    const { sensors } = await someSensors();
    const { sensor } = await sensors.create('alice', 'Chest strap');
    expect(await sensors.authenticate('')).toBeUndefined();
    expect(await sensors.authenticate(sensor.id)).toBeUndefined();
  });

  it('are listed by resource, oldest first', async () => {
    const { clock, sensors } = await someSensors();
    const { sensor: strap } = await sensors.create('alice', 'Chest strap');
    clock.advanceMs(1);
    const { sensor: watch } = await sensors.create('alice', 'Watch');
    await sensors.create('bob', 'Ring');
    expect(await sensors.list('alice')).toEqual([strap, watch]);
  });

  it('lose their right to send at once when revoked, and are listed no more', async () => {
    const { sensors } = await someSensors();
    const { sensor, credential } = await sensors.create('alice', 'Chest strap');
    const heard: string[] = [];
    const leave = sensors.onRevoked((id) => heard.push(id));
    expect(sensors.isRevoked(sensor)).toBe(false);
    expect(await sensors.revoke('alice', sensor.id)).toBe(true);
    expect(heard).toEqual([sensor.id]);
    expect(sensors.isRevoked(sensor)).toBe(true);
    expect(await sensors.authenticate(credential.reveal())).toBeUndefined();
    expect(await sensors.list('alice')).toEqual([]);
    leave();
    expect(await sensors.revoke('alice', sensor.id)).toBe(false);
    expect(heard).toEqual([sensor.id]);
  });

  it('are taken back while they have sent nothing, as if they had not been made', async () => {
    const { database, sensors } = await someSensors();
    const { sensor, credential } = await sensors.create('alice', 'Chest strap');
    expect(await sensors.takeBack('bob', sensor.id)).toBe(false);
    expect(await sensors.takeBack('alice', sensor.id)).toBe(true);
    expect(sensors.isRevoked(sensor)).toBe(true);
    expect(await sensors.authenticate(credential.reveal())).toBeUndefined();
    expect(await database.kysely.selectFrom('sensor').selectAll().execute()).toEqual([]);
    expect(await sensors.takeBack('alice', sensor.id)).toBe(false);
  });

  it('are taken back at every instance at once', async () => {
    const { database, clock } = await someSensors();
    const [here, there] = FakeNews.pair();
    const [sensors, others] = [new Sensors(database, clock, here), new Sensors(database, clock, there)];
    const { sensor } = await sensors.create('alice', 'Chest strap');
    await sensors.takeBack('alice', sensor.id);
    expect(others.isRevoked(sensor)).toBe(true);
  });

  it('are not taken back once they have sent something, or were revoked', async () => {
    const { sensors } = await someSensors();
    const { sensor, credential } = await sensors.create('alice', 'Chest strap');
    await sensors.seen(sensor);
    expect(await sensors.takeBack('alice', sensor.id)).toBe(false);
    expect(await sensors.authenticate(credential.reveal())).toBeDefined();
    const { sensor: gone } = await sensors.create('alice', 'Watch');
    await sensors.revoke('alice', gone.id);
    expect(await sensors.takeBack('alice', gone.id)).toBe(false);
  });

  it('lose it at every instance at once, and at one that could not be told as soon as they are seen there', async () => {
    const { database, clock } = await someSensors();
    const [here, there] = FakeNews.pair();
    const [sensors, others] = [new Sensors(database, clock, here), new Sensors(database, clock, there)];
    const heard: string[] = [];
    others.onRevoked((id) => heard.push(id));
    const { sensor: strap } = await sensors.create('alice', 'Chest strap');
    const { sensor: ring } = await sensors.create('alice', 'Ring');
    await sensors.revoke('alice', strap.id);
    expect([heard, others.isRevoked(strap)]).toEqual([[strap.id], true]);
    here.lose();
    expect(await sensors.revoke('alice', ring.id)).toBe(true);
    expect(others.isRevoked(ring)).toBe(false);
    await others.seen(ring);
    expect(heard).toEqual([strap.id, ring.id]);
  });

  it('are not revoked through the resource of somebody else', async () => {
    const { sensors } = await someSensors();
    const { sensor, credential } = await sensors.create('alice', 'Chest strap');
    expect(await sensors.revoke('bob', sensor.id)).toBe(false);
    expect(await sensors.authenticate(credential.reveal())).toEqual(sensor);
  });

  it('are seen, which is written down at most once a minute', async () => {
    const { database, clock, sensors } = await someSensors();
    const { sensor } = await sensors.create('alice', 'Chest strap');
    const lastSeen = async () => (await new Sensors(database, clock).list('alice'))[0]?.lastSeenMs;
    expect(await lastSeen()).toBeUndefined();
    const first = clock.nowMs();
    await sensors.seen(sensor);
    expect(await lastSeen()).toBe(first);
    clock.advanceMs(MINUTE_MS - 1);
    await sensors.seen(sensor);
    expect(await lastSeen()).toBe(first);
    clock.advanceMs(1);
    await sensors.seen(sensor);
    expect(await lastSeen()).toBe(first + MINUTE_MS);
  });

  it('are listed with the very time when they were last seen, here or in another process', async () => {
    const { database, clock, sensors } = await someSensors();
    const { sensor } = await sensors.create('alice', 'Chest strap');
    const lastSeen = async () => (await sensors.list('alice'))[0]?.lastSeenMs;
    const first = clock.nowMs();
    await sensors.seen(sensor);
    clock.advanceMs(1_000);
    await sensors.seen(sensor);
    expect(await lastSeen()).toBe(first + 1_000);
    clock.advanceMs(MINUTE_MS);
    await new Sensors(database, clock).seen(sensor);
    expect(await lastSeen()).toBe(first + 1_000 + MINUTE_MS);
  });

  it('that were revoked in another process are found out when they are seen', async () => {
    const { database, clock, sensors } = await someSensors();
    const { sensor } = await sensors.create('alice', 'Chest strap');
    await new Sensors(database, clock).revoke('alice', sensor.id);
    expect(sensors.isRevoked(sensor)).toBe(false);
    await sensors.seen(sensor);
    expect(sensors.isRevoked(sensor)).toBe(true);
  });

  it('that were revoked in another process are found out although the clock was set back since', async () => {
    const { database, clock, sensors } = await someSensors();
    const { sensor } = await sensors.create('alice', 'Chest strap');
    await sensors.seen(sensor);
    clock.advanceMs(-60 * MINUTE_MS);
    await new Sensors(database, clock).revoke('alice', sensor.id);
    await sensors.seen(sensor);
    expect(sensors.isRevoked(sensor)).toBe(true);
  });

  it('are listed with what they told of themselves, which each process reads', async () => {
    const { database, clock, sensors } = await someSensors();
    const { sensor } = await sensors.create('alice', 'Chest strap');
    expect(await sensors.told(sensor, { battery: 80 })).toEqual({ battery: 80 });
    const told = { ...sensor, lastSeenMs: clock.nowMs(), battery: 80 };
    expect(await sensors.list('alice')).toEqual([told]);
    expect(await sensors.told(sensor, { contact: false })).toEqual({ contact: false });
    expect(await sensors.list('alice')).toEqual([{ ...told, contact: false }]);
    clock.advanceMs(1);
    await sensors.told(sensor, { battery: 0, contact: true });
    const last = [{ ...sensor, lastSeenMs: clock.nowMs(), battery: 0, contact: true }];
    expect(await sensors.list('alice')).toEqual(last);
    expect(await new Sensors(database, clock).list('alice')).toEqual(last);
  });

  it('are heard in the order in which they tell', async () => {
    const { sensors } = await someSensors();
    const { sensor } = await sensors.create('alice', 'Chest strap');
    await Promise.all(Array.from({ length: 100 }, (_nothing, battery) => sensors.told(sensor, { battery })));
    expect(await sensors.list('alice')).toMatchObject([{ battery: 99 }]);
  });

  it('are not listened to when they were revoked, here or in another process', async () => {
    const { database, clock, sensors } = await someSensors();
    const { sensor } = await sensors.create('alice', 'Chest strap');
    const { sensor: watch } = await sensors.create('alice', 'Watch');
    await sensors.revoke('alice', sensor.id);
    await new Sensors(database, clock).revoke('alice', watch.id);
    for (const revoked of [sensor, watch]) {
      await expect(sensors.told(revoked, { battery: 80 })).rejects.toMatchObject({ code: 'invalid_token' });
      expect(sensors.isRevoked(revoked)).toBe(true);
    }
    const rows = await database.kysely.selectFrom('sensor').select('battery').execute();
    expect(rows).toEqual([{ battery: null }, { battery: null }]);
  });

  it('are listed with the contact that their measurements show, which is written down when they are seen', async () => {
    const { database, clock, sensors } = await someSensors();
    const { sensor } = await sensors.create('alice', 'Chest strap');
    const contact = async (process = sensors) => (await process.list('alice'))[0]?.contact;
    const other = new Sensors(database, clock);
    sensors.noteContact(sensor, true);
    expect([await contact(), await contact(other)]).toEqual([true, undefined]);
    await sensors.seen(sensor);
    expect([await contact(), await contact(other)]).toEqual([true, true]);
    clock.advanceMs(MINUTE_MS / 2);
    sensors.noteContact(sensor, false);
    await sensors.seen(sensor);
    expect([await contact(), await contact(other)]).toEqual([false, true]);
    clock.advanceMs(MINUTE_MS / 2);
    await sensors.seen(sensor);
    expect([await contact(), await contact(other)]).toEqual([false, false]);
  });

  it('are listed with what was heard last, when they change from one process to another', async () => {
    const { database, clock, sensors } = await someSensors();
    const { sensor } = await sensors.create('alice', 'Chest strap');
    const other = new Sensors(database, clock);
    await sensors.told(sensor, { battery: 80, contact: true });
    clock.advanceMs(MINUTE_MS);
    await other.told(sensor, { battery: 70, contact: false });
    clock.advanceMs(MINUTE_MS);
    await sensors.seen(sensor);
    for (const process of [sensors, other]) {
      expect(await process.list('alice')).toMatchObject([{ battery: 70, contact: false, lastSeenMs: clock.nowMs() }]);
    }
  });
});
