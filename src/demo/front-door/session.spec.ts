import { FakeFrontDoor } from './front-door.fake.js';
import { Session } from './session.js';
import { UserAgent } from './user-agent.js';

const ALICE = { username: 'alice', password: 'demo' };

describe('a session of the launcher', () => {
  let door: FakeFrontDoor;
  beforeEach(async () => {
    door = await FakeFrontDoor.open();
  });
  afterEach(() => door.close());

  it('begins at the sign-in form, with consent where it is asked for', async () => {
    const session = await Session.begin(new UserAgent(), `${door.url}/login`, ALICE);
    door.api = ({ method, path, body }) => ({ method, path, body });
    expect(await session.call('POST', '/api/things', { name: 'a thing' })).toEqual({
      method: 'POST',
      path: '/api/things',
      body: { name: 'a thing' },
    });
  });

  it('begins without a form for a browser that is signed in', async () => {
    const agent = new UserAgent();
    await Session.begin(agent, `${door.url}/login`, ALICE);
    const again = await Session.begin(agent, `${door.url}/login`, { ...ALICE, password: 'forgotten' });
    door.api = () => [];
    expect(await again.call('GET', '/api/things')).toEqual([]);
  });

  it('takes an answer without content as nothing', async () => {
    const session = await Session.begin(new UserAgent(), door.url, ALICE);
    door.api = () => 204;
    expect(await session.call('DELETE', '/api/things/1')).toBeUndefined();
  });

  it('says which call was refused, and how', async () => {
    const session = await Session.begin(new UserAgent(), door.url, ALICE);
    door.api = () => 403;
    await expect(session.call('GET', '/api/things')).rejects.toThrow(`GET ${door.url}/api/things answered 403.`);
  });

  it('says where signing in ended when it failed, and not with which password', async () => {
    const failing = Session.begin(new UserAgent(), door.url, { username: 'alice', password: 'hush' });
    await expect(failing).rejects.toThrow(
      `alice could not sign in at ${door.url}: it ended with “Wrong password”, 200.`,
    );
    await expect(failing).rejects.not.toThrow('hush');
  });
});
