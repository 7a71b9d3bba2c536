import { readFile } from 'node:fs/promises';

import { Session } from '../../src/demo/front-door/session.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { Stack } from '../support/boot-stack.js';
import { eventually } from '../support/eventually.js';

/** How often the resource server's log says that it is told of withdrawals. */
const timesTold = async (stack: Stack): Promise<number> =>
  (await readFile(stack.logFile('resource-server'), 'utf8')).split('tells of withdrawals').length - 1;

it('is told between the built servers: the resource server registers for it, and Bob sees nothing any more', async () => {
  const stack = await Stack.start('sqlite');
  try {
    await eventually(async () => (await timesTold(stack)) === 1);
    const bob = await stack.visitor('bob');
    expect(await bob.open(stack.seeded.resource)).toMatchObject({ state: 'granted' });
    const alice = new UserAgent();
    await Session.begin(alice, `${stack.world.issuer}/account`, stack.world.accounts[0]);
    const [shared] = alice.page.forms.filter(({ action }) => action.endsWith('/stop'));
    await alice.submit({}, { form: shared?.action ?? 'no share' });
    await eventually(async () => (await bob.open(stack.seeded.resource))['state'] === 'denied');
    // It has been told all the time: the channel came up once.
    expect(await timesTold(stack)).toBe(1);
  } finally {
    await stack.stop();
  }
});
