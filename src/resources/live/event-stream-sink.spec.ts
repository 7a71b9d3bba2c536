import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

import { eventually } from '../../../test/support/eventually.js';
import { EventStreamSink, eventText } from './event-stream-sink.js';

describe('EventStreamSink', () => {
  let server: Server;
  let client: Socket;
  let response: ServerResponse;
  let sink: EventStreamSink;

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.write('GET / HTTP/1.1\r\nHost: rs.test\r\n\r\n');
    [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
    sink = new EventStreamSink(response);
  });

  afterEach(async () => {
    client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const begin = (): void => {
    response.writeHead(200).flushHeaders();
  };

  it('writes a message as an event, with its place in the stream as id', () => {
    expect(eventText('samples', { resource: 'heart', id: '7', samples: [] })).toBe(
      'event: samples\nid: 7\ndata: {"resource":"heart","id":"7","samples":[]}\n\n',
    );
  });

  it('writes nothing before the answer has begun', () => {
    sink.send('ended', { resource: 'heart', reason: 'withdrawn' });
    expect(response.headersSent).toBe(true);
    expect(response.writableEnded).toBe(true);
  });

  it('is not ready for more when it has ended, and bears with whoever writes all the same', () => {
    begin();
    sink.send('ended', { resource: 'heart', reason: 'withdrawn' });
    expect(sink.isReady).toBe(false);
    sink.write('more');
    expect(response.writableEnded).toBe(true);
  });

  const stall = (): void => {
    begin();
    client.pause();
    while (sink.isReady) sink.write('x'.repeat(64 * 1024));
  };

  it('tells a reader that was too slow why there is no more, when it reads on', async () => {
    stall();
    sink.send('ended', { resource: 'heart', reason: 'too_slow' });
    let told = '';
    client.on('data', (bytes: Buffer) => (told += bytes.toString()));
    client.resume();
    await once(response, 'close');
    await eventually(() => told.endsWith('\r\n0\r\n\r\n'));
    expect(told).toContain('event: ended\ndata: {"resource":"heart","reason":"too_slow"}\n\n');
  });

  it('breaks the connection of a reader that takes nothing, because it would be kept for ever', async () => {
    sink = new EventStreamSink(response, 1);
    stall();
    const closed = once(response, 'close');
    sink.send('ended', { resource: 'heart', reason: 'too_slow' });
    await closed;
    expect(response.destroyed).toBe(true);
  });

  it('waits for no reader when the server stops', async () => {
    stall();
    const closed = once(response, 'close');
    sink.send('ended', { resource: 'heart', reason: 'shutdown' });
    await closed;
    expect(response.destroyed).toBe(true);
  });

  it('calls back once its reader has taken what it was sent', async () => {
    stall();
    const ready = new Promise<void>((resolve) => {
      sink.whenReady(resolve);
    });
    client.resume();
    await ready;
    expect(sink.isReady).toBe(true);
  });
});
