import { describe, expect, it } from 'vitest';
import type { AblationResult } from '../src/api/types';
import { csv, curvesCsv } from '../src/lib/tables';

const metric = (name: string) => ({ name, signature: `nrefs:1|${name}`, logarithmic: false, higher_is_better: true });

function result(ranking: string, scores: readonly string[]): AblationResult {
  const score = { value: 50, interval: 2, p_value: 0.01 };
  const point = { ablated: 3, changed_sentences: 1, sentences: 9, translations: 'x', metrics: Object.fromEntries(scores.map((n) => [n, score])) };
  return {
    model: 'm', ranking, operation: 'zero', scope: 'output', beams: 1, neurons: 8, complete: false, signature: 's', metrics: scores.map(metric),
    curves: [{ direction: 'random', seed: 2, points: [point] }],
  } as unknown as AblationResult;
}

describe('tables', () => {
  it('quotes what would be read as another cell', () => {
    expect(csv([['a,b', 'say "x"', null, 1.5], ['two\nlines', '', true, -1]])).toBe('"a,b","say ""x""",,1.5\n"two\nlines",,true,-1\n');
  });

  it('has every point of several curves under the names of all their scores', () => {
    const [head = '', one = '', two = ''] = curvesCsv([result('Probe, NOUN', ['bleu']), result('Range', ['bleu', 'ter'])]).split('\n');
    const at = (row: string, name: string) => row.split(',')[head.split(',').indexOf(name)];
    expect(head.split(',')).toHaveLength(21);
    expect(one.startsWith('m,"Probe, NOUN",zero,output,1,random,2,3,8,9,1,50,2,0.01,,,,false,s,nrefs:1|bleu,')).toBe(true);
    expect([at(two, 'ranking'), at(two, 'ter'), at(two, 'ter_p'), at(two, 'seed')]).toEqual(['Range', '50', '0.01', '2']);
  });
});
