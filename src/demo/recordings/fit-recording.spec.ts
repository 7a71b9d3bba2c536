import fc from 'fast-check';
import { FitBaseType, FitEncoder } from 'fit-file-parser/encoder';
import { FitFile, HEART_RATE, littleEndian, TIMESTAMP } from '../../../test/support/fit-file.js';
import { decodeFit, isFit } from './fit-recording.js';

const FIT_EPOCH_MS = Date.parse('1989-12-31T00:00:00Z');
const START = 968_000_000;
const at = (fitSeconds: number, heartRate: number): object => ({
  recordedAtMs: FIT_EPOCH_MS + fitSeconds * 1000,
  heartRate,
});

function decoded(content: Buffer): { samples: readonly object[]; notices: readonly string[] } {
  const notices: string[] = [];
  const samples = decodeFit(content, (notice) => notices.push(notice));
  return { samples, notices };
}

describe('the heart rates of a FIT file', () => {
  it('are those of its records, in the order of the file, 0 bpm and shared instants included', () => {
    const file = new FitFile()
      .defineRecord()
      .record(START, 70)
      .record(START, 71)
      .record(START + 1, 0)
      .record(START, 72);
    expect(decoded(file.toBuffer())).toEqual({
      samples: [at(START, 70), at(START, 71), at(START + 1, 0), at(START, 72)],
      notices: [],
    });
  });

  it('leave out records that mark theirs as invalid, records without the field, and messages of other kinds', () => {
    const lap = 19;
    const file = new FitFile()
      .defineRecord()
      .define(1, 20, [TIMESTAMP])
      .define(2, lap, [TIMESTAMP, HEART_RATE])
      .record(START, 0xff)
      .message(1, ...littleEndian(START + 1, 4))
      .message(2, ...littleEndian(START + 2, 4), 150)
      .record(START + 3, 80);
    expect(decoded(file.toBuffer()).samples).toEqual([at(START + 3, 80)]);
  });

  it('are read from big-endian records and from fields in any order', () => {
    const file = new FitFile()
      .define(3, 20, [[7, 2, 0x84], HEART_RATE, TIMESTAMP], { bigEndian: true })
      .message(3, 1, 2, 90, ...littleEndian(START, 4).toReversed());
    expect(decoded(file.toBuffer()).samples).toEqual([at(START, 90)]);
  });

  it('are found when a local type is defined anew', () => {
    const file = new FitFile()
      .defineRecord()
      .record(START, 60)
      .define(0, 20, [HEART_RATE, TIMESTAMP])
      .message(0, 61, ...littleEndian(START + 1, 4));
    expect(decoded(file.toBuffer()).samples).toEqual([at(START, 60), at(START + 1, 61)]);
  });

  it('are not disturbed by developer fields, which are stepped over', () => {
    const file = new FitFile()
      .define(0, 20, [TIMESTAMP, HEART_RATE], { developerFields: [1, 4] })
      .message(0, ...littleEndian(START, 4), 65, 200, 1, 2, 3, 4)
      .message(0, ...littleEndian(START + 1, 4), 66, 201, 1, 2, 3, 4);
    expect(decoded(file.toBuffer()).samples).toEqual([at(START, 65), at(START + 1, 66)]);
  });

  it('take their time from compressed timestamps, over the roll-over of the five bits', () => {
    const base = START - (START % 32) + 30;
    const file = new FitFile()
      .defineRecord()
      .define(1, 20, [HEART_RATE])
      .record(base, 70)
      .compressed(1, 31, 71)
      .compressed(1, 1, 72)
      .compressed(1, 1, 73)
      .compressed(1, 0, 74);
    expect(decoded(file.toBuffer()).samples).toEqual([
      at(base, 70),
      at(base + 1, 71),
      at(base + 3, 72),
      at(base + 3, 73),
      at(base + 34, 74),
    ]);
  });

  it('come from every file of a chain', () => {
    const first = new FitFile().defineRecord().record(START, 70).toBuffer();
    const second = new FitFile()
      .defineRecord()
      .record(START + 9, 90)
      .toBuffer();
    expect(decoded(Buffer.concat([first, second])).samples).toEqual([at(START, 70), at(START + 9, 90)]);
  });

  it('are what another encoder wrote', () => {
    const samples = fc.array(fc.record({ seconds: fc.integer({ min: 0, max: 2 ** 32 - 2 }), bpm: fc.nat(254) }));
    fc.assert(
      fc.property(samples, (written) => {
        const encoder = new FitEncoder();
        for (const { seconds, bpm } of written) {
          encoder.writeMessage(20, [
            { number: 253, size: 4, baseType: FitBaseType.Uint32, value: seconds },
            { number: 5, size: 4, baseType: FitBaseType.Uint32, value: 12_345 },
            { number: 3, size: 1, baseType: FitBaseType.Uint8, value: bpm },
          ]);
        }
        expect(decoded(Buffer.from(encoder.close()))).toEqual({
          samples: written.map(({ seconds, bpm }) => at(seconds, bpm)),
          notices: [],
        });
      }),
    );
  });
});

describe('a FIT file that is odd', () => {
  it('is read up to where the device stopped writing, with a notice', () => {
    const content = new FitFile()
      .defineRecord()
      .record(START, 70)
      .record(START + 1, 71)
      .toBuffer({ cut: 2 });
    expect(decoded(content)).toEqual({
      samples: [at(START, 70)],
      notices: ['ends within its last record, which was left out'],
    });
  });

  it('is read without what follows it and is not FIT, with a notice', () => {
    const content = new FitFile().defineRecord().record(START, 70).toBuffer();
    expect(decoded(Buffer.concat([content, Buffer.alloc(5)]))).toEqual({
      samples: [at(START, 70)],
      notices: ['goes on for 5 bytes that are not FIT and were left out'],
    });
  });
});

describe('a FIT file that is broken', () => {
  const sound = (): Buffer => new FitFile().defineRecord().record(START, 70).toBuffer();

  it('is refused when it is shorter than its header announces, wherever it was cut', () => {
    const whole = sound();
    for (let length = 12; length < whole.length; length++) {
      expect(() => decoded(whole.subarray(0, length))).toThrow(`there are ${length}`);
    }
  });

  it('is refused when a bit of its heart rate flipped', () => {
    const content = sound();
    const heartRateAt = content.length - 3;
    content[heartRateAt] = (content[heartRateAt] ?? 0) ^ 1;
    expect(() => decoded(content)).toThrow('is damaged: its content does not match its checksum');
  });

  it('is refused when a message has no definition', () => {
    const content = new FitFile().defineRecord().record(START, 70).message(5, 1, 2, 3).toBuffer();
    expect(() => decoded(content)).toThrow('the message at byte 18 of its data has no definition');
  });

  it('is refused when a heart rate has no time', () => {
    const content = new FitFile().define(0, 20, [HEART_RATE]).message(0, 70).compressed(0, 3, 71).toBuffer();
    expect(() => decoded(content)).toThrow('record 1 has a heart rate but no time');
  });

  it('is refused when a compressed timestamp follows no full one', () => {
    const content = new FitFile().define(0, 20, [HEART_RATE]).compressed(0, 3, 71).toBuffer();
    expect(() => decoded(content)).toThrow('record 1 has a heart rate but no time');
  });

  it('is refused when a heart rate is too long for a number', () => {
    const content = new FitFile()
      .define(0, 20, [TIMESTAMP, [3, 8, 0x8f]])
      .message(0, ...Buffer.alloc(12))
      .toBuffer();
    expect(() => decoded(content)).toThrow('its field 3 is 8 bytes long');
  });

  it('never makes the reader fail in another way than by refusing it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
        const header = [12, 0x20, 0, 0, ...littleEndian(data.length, 4), ...Buffer.from('.FIT')];
        const content = Buffer.from([...header, ...data, 0, 0]);
        let outcome = 'RecordingError';
        try {
          decodeFit(content, () => undefined);
        } catch (error) {
          outcome = (error as Error).name;
        }
        expect(outcome).toBe('RecordingError');
      }),
      { numRuns: 500 },
    );
  });
});

it.each([
  ['a file with the mark', new FitFile().toBuffer(), true],
  ['a file too short for it', Buffer.from('.FIT'), false],
  ['another file', Buffer.from('<?xml version="1.0"?>'), false],
])('tells by the content that %s is FIT or is not', (_what, content, expected) => {
  expect(isFit(content)).toBe(expected);
});
