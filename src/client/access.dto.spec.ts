import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';

import { HistoryQueryDto, OpenAccessDto } from './access.dto.js';

const faultsOf = async (type: new () => object, body: object): Promise<readonly string[]> =>
  (await validate(plainToInstance(type, body))).map(({ property }) => property);

describe('OpenAccessDto', () => {
  it.each([
    'http://localhost:4000/resources/1/heart-rate',
    'https://rs.example/r?x=1',
    'http://127.0.0.1:4000/r',
    'http://[::1]:4000/r',
    'http://foo_bar:99/x',
    'HTTPS://rs.example./r',
  ])('takes %s', async (resource) => {
    expect(await faultsOf(OpenAccessDto, { resource })).toEqual([]);
  });

  it.each([
    ['nothing', {}],
    ['a number', { resource: 1 }],
    ['a list', { resource: ['http://localhost:4000/r'] }],
    ['a path', { resource: '/resources/1/heart-rate' }],
    ['an address without scheme', { resource: 'localhost:4000/r' }],
    ['a script', { resource: 'javascript:alert(1)' }],
    ['a file', { resource: 'file:///etc/passwd' }],
    ['credentials in the address', { resource: 'https://bob:secret@rs.example/r' }],
    ['a user name alone', { resource: 'https://bob@rs.example/r' }],
    ['a host that looks like a number and is none', { resource: 'http://foo.0x4/' }],
    ['a host with a space in it', { resource: 'http://rs example/' }],
    ['a port beyond all ports', { resource: 'http://rs.example:65536/' }],
    ['an address without end', { resource: `https://rs.example/${'r'.repeat(2000)}` }],
  ])('refuses %s', async (_what, body) => {
    expect(await faultsOf(OpenAccessDto, body)).toEqual(['resource']);
  });
});

describe('HistoryQueryDto', () => {
  it.each(['2026-03-01T12:00:00Z', '2026-03-01T12:00:00.123+01:00'])('takes %s', async (from) => {
    expect(await faultsOf(HistoryQueryDto, { from })).toEqual([]);
  });

  it.each([
    ['nothing', {}],
    ['a time without zone', { from: '2026-03-01T12:00:00' }],
    ['a day', { from: '2026-03-01' }],
    ['a number', { from: 1_772_366_400_000 }],
    ['a word', { from: 'yesterday' }],
  ])('refuses %s', async (_what, query) => {
    expect(await faultsOf(HistoryQueryDto, query)).toEqual(['from']);
  });
});
