import { openDatabase } from '../../src/database/database.js';
import type { MeasurementTables } from '../../src/database/resource-server/measurements.js';
import type { Scene } from './scene.js';

const AT_ONCE = 100;

/** Times of the samples of a heart rate, by its id. */
export type TimesByResource = ReadonlyMap<string, readonly number[]>;

/**
 * Looks in the database for samples that were acknowledged.
 *
 * @returns how many samples are there of these heart rates, and how many of those that should be there are not
 */
export async function lookFor(
  acknowledged: TimesByResource,
  options: Scene['database'],
): Promise<{ readonly stored: number; readonly lost: number }> {
  const database = await openDatabase<MeasurementTables>(options);
  let [stored, lost] = [0, 0];
  const ids = [...acknowledged.keys()];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = ids.slice(at, at + AT_ONCE);
    const rows = await database.kysely
      .selectFrom('heart_rate_sample')
      .select(['resource_id', 'recorded_ms'])
      .where('resource_id', 'in', some)
      .execute();
    const found = new Set(rows.map(({ resource_id, recorded_ms }) => `${resource_id} ${recorded_ms}`));
    stored += rows.length;
    for (const id of some) lost += (acknowledged.get(id) ?? []).filter((ms) => !found.has(`${id} ${ms}`)).length;
  }
  await database.close();
  return { stored, lost };
}
