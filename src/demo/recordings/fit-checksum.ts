/** The CRC-16 that closes a FIT file: polynomial 0x8005 reflected, beginning at 0. @see FIT protocol, CRC */
export function fitChecksum(bytes: Uint8Array): number {
  let checksum = 0;
  for (const byte of bytes) {
    checksum ^= byte;
    for (let bit = 0; bit < 8; bit++) checksum = (checksum & 1) === 1 ? (checksum >>> 1) ^ 0xa001 : checksum >>> 1;
  }
  return checksum;
}
