import { PolicyByHand } from './by-hand.driver.js';

describe('policies that are set by hand', () => {
  const resource = { id: 'r1', owner: 'alice', pat: 'secret-pat' } as const;
  const bob = { issuer: 'https://idp.test', subject: 'bob-1', name: 'Bob', email: 'bob@idp.test' };
  let asked: string[];
  const policy = (can: boolean) =>
    new PolicyByHand((what) => {
      asked.push(what);
      return Promise.resolve(can);
    });
  beforeEach(() => {
    asked = [];
  });

  it('are told to the operator in words, without any secret', async () => {
    const share = await policy(true).permit(resource, bob, ['read', 'write'], 3);
    await share.withdraw();
    const owner = await policy(true).ownerApproval(resource);
    await owner.approve(['read']);
    await owner.approve();
    await owner.refuse();
    await policy(true).needsClaim(resource, { name: 'email', value: 'bob@idp.test', issuer: 'https://idp.test' }, [
      'read',
    ]);
    await policy(true).deny(resource, bob);
    expect(asked).toHaveLength(8);
    expect(asked[0]).toBe(
      'let Bob (subject bob-1 of https://idp.test, e-mail bob@idp.test) have read and write of alice’s resource r1' +
        ' for the next 3 seconds, not longer',
    );
    expect(asked.join()).not.toContain('secret');
  });

  it('skip the case when the server cannot do it', async () => {
    await expect(policy(false).permit(resource, bob, ['read'])).rejects.toMatchObject({ name: 'Skipped' });
  });
});
