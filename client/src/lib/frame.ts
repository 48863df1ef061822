/**
 * Binary frames: how arrays of numbers reach the page (server/frames.py writes them).
 *
 * Bytes 'NXB1', the header's length as a little-endian uint32, the header as JSON padded with
 * spaces so that the data begin at a multiple of 8, then the arrays, each at a multiple of 8.
 */

export type NumberArray = Float32Array | Uint32Array | Int32Array | Int8Array;

export interface FrameArray {
  shape: number[];
  values: NumberArray;
}

export interface Frame<Meta> {
  arrays: Record<string, FrameArray>;
  meta: Meta;
}

interface HeaderArray {
  name: string;
  dtype: string;
  shape: number[];
  offset: number;
}

const MAGIC = 'NXB1';

/** Half-precision numbers, given as their bits, as single precision. */
export function halfToFloat(bits: Uint16Array): Float32Array {
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const half = bits[i] ?? 0;
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) out[i] = sign * fraction * 2 ** -24;
    else if (exponent === 31) out[i] = fraction === 0 ? sign * Infinity : NaN;
    else out[i] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return out;
}

function view(buffer: ArrayBuffer, start: number, dtype: string, length: number): NumberArray {
  switch (dtype) {
    case 'f4':
      return new Float32Array(buffer, start, length);
    case 'f2':
      return halfToFloat(new Uint16Array(buffer, start, length));
    case 'u4':
      return new Uint32Array(buffer, start, length);
    case 'i4':
      return new Int32Array(buffer, start, length);
    case 'i1':
      return new Int8Array(buffer, start, length);
    default:
      throw new Error(`The frame has an array of type '${dtype}', which this page cannot read.`);
  }
}

/**
 * Read a frame. Arrays are views on the buffer where the type allows it.
 *
 * @throws Error if the bytes are not a whole frame.
 */
export function decodeFrame<Meta>(buffer: ArrayBuffer): Frame<Meta> {
  const bytes = new Uint8Array(buffer);
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  if (magic !== MAGIC || buffer.byteLength < 8) {
    throw new Error('The answer is not a frame of numbers: it does not begin with NXB1.');
  }
  const headerLength = new DataView(buffer).getUint32(4, true);
  const start = 8 + headerLength;
  if (start > buffer.byteLength) throw new Error('The frame of numbers is cut off in its header.');
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start))) as {
    arrays: HeaderArray[];
    meta: Meta;
  };
  const arrays: Record<string, FrameArray> = {};
  for (const { name, dtype, shape, offset } of header.arrays) {
    const length = shape.reduce((product, size) => product * size, 1);
    try {
      arrays[name] = { shape, values: view(buffer, start + offset, dtype, length) };
    } catch (error) {
      if (error instanceof RangeError) throw new Error(`The frame of numbers is cut off in '${name}'.`, { cause: error });
      throw error;
    }
  }
  return { arrays, meta: header.meta };
}
