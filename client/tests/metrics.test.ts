import { describe, expect, it } from 'vitest';
import type { MetricInfo } from '../src/api/types';
import { counted, unusual, better, differenceText, linearAxis, logarithmicAxis, metricsOf, metricTitle, scoreText, steps } from '../src/lib/metrics';

const metric = (name: string, up: boolean): MetricInfo => ({ name, signature: '', higher_is_better: up, logarithmic: !up });

describe('metrics', () => {
  it('have titles and numbers', () => {
    expect(['bleu', 'f1', 'perplexity', 'mine'].map(metricTitle)).toEqual(['BLEU', 'F1', 'perplexity', 'mine']);
    expect([scoreText(23.456), scoreText(23.456, true), scoreText(123456, true)]).toEqual(['23.5', '23.5', '1.23e+5']);
    expect([differenceText(-2.04), differenceText(0.1234, true)]).toEqual(['\u22122.0', '+0.123']);
  });

  it('know which way is better, and come once each', () => {
    expect(better(metric('perplexity', false), 3, 4)).toBe(true);
    expect(better(metric('accuracy', true), 3, 4)).toBe(false);
    const [a, b] = [metric('accuracy', true), metric('perplexity', false)];
    expect(metricsOf([{ metrics: [a] }, { metrics: [b] }, { metrics: [a] }])).toEqual([a, b]);
  });

  it('lie on an axis from 0', () => {
    const axis = linearAxis([12, 50]);
    expect([axis.at(0), axis.at(25), axis.at(50)]).toEqual([0, 0.5, 1]);
    expect(axis.ticks).toEqual(steps(50));
  });

  it('lie on an axis of logarithms', () => {
    const axis = logarithmicAxis([10, 1000]);
    expect(axis.at(100)).toBeCloseTo(0.5);
    expect(axis.at(10)).toBeGreaterThan(0);
    expect(axis.at(1000)).toBeLessThan(1);
    expect(axis.at(-3)).toBe(0);
    expect(axis.ticks).toEqual([10, 20, 50, 100, 200, 500, 1000]);
    expect(logarithmicAxis([30, 31]).ticks).toEqual([30, 31]);
    expect(logarithmicAxis([7, 7]).ticks).toEqual([7]);
    expect(logarithmicAxis([]).ticks).toEqual([]);
    expect(logarithmicAxis([1, 1e300]).ticks.length).toBeLessThan(12);
  });
});

describe('metrics to choose', () => {
  const of = { all: ['bleu', 'chrf', 'ter', 'mine'], usual: ['bleu', 'chrf'] };

  it('are those that the model has, in its order, or its usual ones', () => {
    expect(counted(of, ['mine', 'perplexity', 'bleu'])).toEqual(['bleu', 'mine']);
    expect(counted(of, ['perplexity'])).toEqual(['bleu', 'chrf']);
    expect(counted(of, [])).toEqual(['bleu', 'chrf']);
  });

  it('are named only where they are not the usual ones', () => {
    expect(unusual(of, ['bleu', 'chrf'])).toBeNull();
    expect(unusual(of, [])).toBeNull();
    expect(unusual(of, ['ter'])).toEqual(['ter']);
  });
});
