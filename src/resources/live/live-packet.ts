import type { Samples } from './live-messages.js';

/** A message as engine.io hands it to a transport, for which a WebSocket has its frame ready. */
export interface LivePacket {
  readonly type: 'message';
  readonly data: string;
  readonly options: { readonly wsPreEncodedFrame: readonly [Buffer] };
}

/** The namespace of live streams. */
export const LIVE_NAMESPACE = '/live';
/** Packet of socket.io: an event, without attachments. */
const EVENT = '2';
/** Packet of engine.io: a message. */
const MESSAGE = '4';
const FINAL_TEXT_FRAME = 0x81;

/**
 * Samples as a packet of {@link LIVE_NAMESPACE}.
 *
 * @see socket.io protocol 5, "Packet encoding"
 */
export function packetOf(message: Samples): LivePacket {
  const data = `${EVENT}${LIVE_NAMESPACE},${JSON.stringify(['samples', message])}`;
  // One buffer is one write; the header by itself would make two of it, for every viewer.
  return { type: 'message', data, options: { wsPreEncodedFrame: [textFrame(MESSAGE + data)] } };
}

/** A text as a server sends it, whole and without a mask. @see RFC 6455 section 5.2 */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.of(FINAL_TEXT_FRAME, length), payload]);
  const header = Buffer.alloc(length < 65_536 ? 4 : 10);
  header.writeUInt8(FINAL_TEXT_FRAME, 0);
  header.writeUInt8(length < 65_536 ? 126 : 127, 1);
  if (length < 65_536) header.writeUInt16BE(length, 2);
  else header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}
