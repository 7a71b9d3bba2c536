// The floor of what goes over sockets: bare socket.io, which lets everybody in, checks nothing and keeps nothing. Everybody
// in its namespace `/live` is in one room, and is sent what comes in.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Server } from 'socket.io';

interface Measurement {
  readonly heartRate: number;
  readonly timestamp: string;
}

const http = createServer();
const io = new Server(http, { perMessageDeflate: false, httpCompression: false, serveClient: false });
const live = io.of('/live');
const isWatched = process.argv[2] === 'watched';
let position = 0;

io.on('connection', (socket) => {
  socket.on(
    'measurement',
    (message: Measurement | readonly Measurement[], answer?: (acknowledgement: object) => void) => {
      const items = Array.isArray(message) ? (message as readonly Measurement[]) : [message as Measurement];
      if (isWatched) tell(items);
      answer?.({ stored: items.length, duplicate: 0, refused: 0 });
    },
  );
});
live.on('connection', (socket) => {
  socket.on('subscribe', (_order: object, answer: (subscribed: object) => void) => {
    void socket.join('room');
    answer({ resource: 'heart-rate' });
  });
});

function tell(items: readonly Measurement[]): void {
  position += items.length;
  const samples = items.map(({ heartRate, timestamp }) => ({ heartRate, recordedAt: timestamp }));
  live.to('room').emit('samples', { resource: 'a-resource-of-the-benchmark', id: String(position), samples });
}

http.listen(0, '127.0.0.1', () => {
  const { port } = http.address() as AddressInfo;
  process.send?.({ type: 'listening', origin: `http://127.0.0.1:${port}` });
});
process.once('SIGTERM', () => process.exit());
