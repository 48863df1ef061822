import { describe, expect, it } from 'vitest';
import { readSelected, writeSelected } from '../src/lib/codec';
import { readCell, saidCell, writeCell } from '../src/lib/patching';
import { readTrial, writeTrial } from '../src/lib/trial';

describe('cells of the map of two runs', () => {
  it('come back from what is written', () => {
    for (const cell of [{ address: 'encoder.1.rnn_hidden', position: null }, { address: 'decoder.0.ffn_act[17]', position: 3 }]) {
      expect(readCell(writeCell(cell))).toEqual(cell);
    }
    for (const wrong of ['', 'encoder.1@3', 'encoder.1.rnn_hidden', 'encoder.1.rnn_hidden@x', 'nothing@all', 'encoder.1.rnn_hidden[x]@1']) {
      expect(readCell(wrong), wrong).toBeNull();
    }
  });

  it('are said with the piece that stands there', () => {
    expect(saidCell({ address: 'encoder.1.rnn_hidden', position: 0 }, ['He', 'left'])).toBe('encoder.1.rnn_hidden at 0 He');
    expect(saidCell({ address: 'encoder.1.rnn_hidden', position: null }, [])).toBe('encoder.1.rnn_hidden at all positions');
  });
});

describe('a patched neuron in the address', () => {
  it('has a value for each of its positions, or is not read', () => {
    const text = 'encoder.1.rnn_hidden[3]~patch~0~raw~output~0.2~on~~0.25_-1e-7';
    const found = readSelected(text);
    expect(found).toMatchObject({ operation: 'patch', positions: [0, 2], values: [0.25, -1e-7] });
    expect(found === null ? '' : writeSelected(found)).toBe(text);
    for (const wrong of [text.replace('0.2~on', '0~on'), text.replace('0.2~on', 'all~on'), text.replace('_-1e-7', '_x'), text.replace('patch', 'zero'), `${text}_1e9`]) {
      expect(readSelected(wrong), wrong).toBeNull();
    }
  });
});

describe('what an edit is tried for', () => {
  it('comes back with its property, also while its value is not chosen', () => {
    for (const trial of [
      { word: '', wanted: '', holding: null }, { word: 'a~b', wanted: '100 %', holding: null },
      { word: 'Il', wanted: 'Elle', holding: { side: 'reference' as const, label: 'Gender', value: '' } },
      { word: 'Il', wanted: 'Elle', holding: { side: 'source' as const, label: 'column:part', value: 'a~b' } },
    ]) expect(readTrial(writeTrial(trial))).toEqual(trial);
    for (const wrong of ['Il', 'Il~Elle~nowhere~a~b', 'Il~Elle~source', 'Il~Elle~source~~b', 'Il~Elle~source~a~b~c']) expect(readTrial(wrong), wrong).toBeNull();
  });
});
