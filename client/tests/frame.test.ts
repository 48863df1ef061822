import { describe, expect, it } from 'vitest';
import { decodeFrame, halfToFloat } from '../src/lib/frame';

function bytes(hex: string): ArrayBuffer {
  const clean = hex.replace(/\s+/g, '');
  const out = new Uint8Array(clean.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(clean.slice(2 * i, 2 * i + 2), 16);
  return out.buffer;
}

// Written by server/frames.py with numpy:
//   encode({"values": np.array([[1.5, -2.25, np.nan]], "<f2"), "order": np.array([7, 4294967295], "<u4")},
//          {"word": "mean", "text": "l\u00e0"})
const GOLDEN = bytes(`
  4e584231a00000007b22617272617973223a5b7b226e616d65223a2276616c756573222c226474797065223a22663222
  2c227368617065223a5b312c335d2c226f6666736574223a307d2c7b226e616d65223a226f72646572222c2264747970
  65223a227534222c227368617065223a5b325d2c226f6666736574223a387d5d2c226d657461223a7b22776f7264223a
  226d65616e222c2274657874223a226cc3a0227d7d202020003e80c0007e000007000000ffffffff
`);

describe('a frame', () => {
  it('is read as the server wrote it', () => {
    const { arrays, meta } = decodeFrame<{ word: string; text: string }>(GOLDEN);
    expect(meta).toEqual({ word: 'mean', text: 'l\u00e0' });
    expect(arrays.values?.shape).toEqual([1, 3]);
    expect([...(arrays.values?.values ?? [])]).toEqual([1.5, -2.25, NaN]);
    expect(arrays.order?.values).toEqual(new Uint32Array([7, 4294967295]));
  });

  it('names what is wrong with other bytes', () => {
    expect(() => decodeFrame(bytes('7b7d7b7d7b7d7b7d'))).toThrow('not a frame');
    expect(() => decodeFrame(new ArrayBuffer(0))).toThrow('not a frame');
    expect(() => decodeFrame(GOLDEN.slice(0, 40))).toThrow('cut off');
    expect(() => decodeFrame(GOLDEN.slice(0, GOLDEN.byteLength - 8))).toThrow("cut off in 'order'");
  });
});

describe('half precision', () => {
  it.each([
    [0x0000, 0], [0x3c00, 1], [0xc000, -2], [0x7bff, 65504], [0x0400, 2 ** -14], [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24], [0x7c00, Infinity], [0xfc00, -Infinity], [0x7e00, NaN], [0x3555, 0.333251953125],
  ])('reads %i as %d', (bits, value) => {
    expect(halfToFloat(new Uint16Array([bits]))[0]).toBe(value);
  });
});
