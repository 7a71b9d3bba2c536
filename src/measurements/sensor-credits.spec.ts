import { UmaError } from '../uma/protocol/uma-error.js';
import { MESSAGE_CREDIT, SENSOR_CREDIT, SensorCredits } from './sensor-credits.js';

describe('SensorCredits', () => {
  it('lets a sensor send so many measurements without an answer, and each sensor by itself', () => {
    const credits = new SensorCredits();
    credits.spend('strap', SENSOR_CREDIT);
    expect(() => {
      credits.spend('strap', 1);
    }).toThrow('Wait for answers');
    credits.spend('watch', 1);
    credits.giveBack('strap', SENSOR_CREDIT);
    credits.spend('strap', SENSOR_CREDIT);
  });

  it('lets them come in so many messages', () => {
    const credits = new SensorCredits();
    for (let sent = 0; sent < MESSAGE_CREDIT; sent += 1) credits.spend('strap', 1);
    expect(() => {
      credits.spend('strap', 1);
    }).toThrow('Wait for answers');
    credits.giveBack('strap', 2, 2);
    credits.spend('strap', 1);
    credits.spend('strap', 1);
    expect(() => {
      credits.spend('strap', 1);
    }).toThrow(UmaError);
  });

  it('gives back what a message took whether it could be stored or not', async () => {
    const credits = new SensorCredits();
    const fails = () => Promise.reject(new Error('no room'));
    await expect(credits.during('strap', SENSOR_CREDIT, fails)).rejects.toThrow('no room');
    expect(await credits.during('strap', SENSOR_CREDIT, () => Promise.resolve('stored'))).toBe('stored');
  });
});
