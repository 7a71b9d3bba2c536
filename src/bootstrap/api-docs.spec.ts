import { readFileSync } from 'node:fs';

import { type CanActivate, Controller, Get, Module, Post, UseGuards } from '@nestjs/common';
import { ApiBody, type OpenAPIObject } from '@nestjs/swagger';

import type { ApiDescription } from './api-description.js';
import { openProbeApp, type ProbeApp } from './probe-app.fake.js';

class DoorGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}
class WindowGuard extends DoorGuard {}

@Controller('rooms/:room')
@UseGuards(DoorGuard)
class RoomController {
  @Get()
  look(): void {
    // Only its description is of interest.
  }

  @Post('walls/:wall')
  @UseGuards(WindowGuard)
  @ApiBody({ schema: { type: 'object' } })
  paint(): void {
    // Only its description is of interest.
  }
}

@Controller('garden')
class GardenController {
  @Get()
  look(): void {
    // Only its description is of interest.
  }
}

@Module({ controllers: [RoomController, GardenController] })
class House {}

const DESCRIPTION: ApiDescription = {
  title: 'House',
  server: 'https://house.example/t1',
  securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
  guards: [
    { guard: DoorGuard, demandOf: () => ({ ways: [['key'], ['chimney']], refusals: { 401: 'No key.' } }) },
    {
      guard: WindowGuard,
      demandOf: (changes) => (changes ? { ways: [['ladder']], refusals: { 403: 'No ladder.' } } : undefined),
    },
  ],
  paths: {
    '/bell': { get: { responses: { 204: { description: 'It rang.' } } } },
    '/rooms/{room}': { get: { summary: 'Looks in.', responses: { 200: { description: 'A view.' } } } },
  },
};

describe('the description of an API', () => {
  let probe: ProbeApp;
  let document: OpenAPIObject;

  beforeAll(async () => {
    probe = await openProbeApp(House, { openApi: DESCRIPTION });
    document = (await probe.inject({ url: '/openapi.json' })).json<OpenAPIObject>();
  });
  afterAll(() => probe.app.close());

  it('names the server, its address and the version of this software', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(document.info).toMatchObject({ title: 'House', version });
    expect(document.servers).toEqual([{ url: 'https://house.example/t1' }]);
    expect(document.components?.securitySchemes).toEqual(DESCRIPTION.securitySchemes);
  });

  it('asks for what the guards of a route demand, each way with each other', () => {
    expect(document.paths['/rooms/{room}']?.get?.security).toEqual([{ key: [] }, { chimney: [] }]);
    expect(document.paths['/rooms/{room}/walls/{wall}']?.post?.security).toEqual([
      { key: [], ladder: [] },
      { chimney: [], ladder: [] },
    ]);
    expect(document.paths['/garden']?.get).not.toHaveProperty('security');
  });

  it('names the parameters of a path that no handler takes', () => {
    const { parameters } = document.paths['/rooms/{room}/walls/{wall}']?.post ?? {};
    expect(parameters).toEqual(
      ['room', 'wall'].map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    );
  });

  it('tells how a call can be refused, in one form', () => {
    const { responses = {} } = document.paths['/rooms/{room}/walls/{wall}']?.post ?? {};
    expect(Object.keys(responses)).toEqual(['201', '400', '401', '403', '404', 'default']);
    expect(responses['403']).toEqual({
      description: 'No ladder.',
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
    });
    expect(document.components?.schemas?.['Error']).toMatchObject({ required: ['error', 'error_description'] });
    const { responses: others = {} } = document.paths['/garden']?.get ?? {};
    expect(Object.keys(others)).toEqual(['200', 'default']);
    expect(others['200']).toMatchObject({ description: 'OK' });
  });

  it('has the routes that no controller serves', () => {
    expect(document.paths['/bell']?.get?.responses).toMatchObject({ 204: { description: 'It rang.' } });
  });

  it('adds what is said of a route to what its controller says', () => {
    const { summary, operationId, security, responses } = document.paths['/rooms/{room}']?.get ?? {};
    expect({ summary, operationId, security }).toEqual({
      summary: 'Looks in.',
      operationId: 'RoomController_look',
      security: [{ key: [] }, { chimney: [] }],
    });
    expect(responses?.['200']).toEqual({ description: 'A view.' });
  });
});
