import { describe, expect, it } from 'vitest';
import type { LayerInfo, ModelInfo, Project } from '../src/api/types';
import { settle } from '../src/lib/settle';
import { DEFAULT_VIEW, newlySelected } from '../src/lib/view';

const layer = (address: string, scopes: LayerInfo['scopes']): LayerInfo => ({
  address, width: 4, stack: 'encoder', layer: 0, site: 'rnn_hidden', scopes,
});

const model = (name: string, layers: LayerInfo[]): ModelInfo => ({
  name, title: name, task: 'translation', family: 'recurrent', source_language: 'en', target_language: 'fr', source_direction: 'ltr',
  target_direction: 'ltr', parameters: 1, max_tokens: 10, layers, extracted: [], metrics: [], usual_metrics: [], prunable: [], unprunable: '',
});

const PROJECT: Project = {
  id: 'demo', title: '', description: '', default_model: 'lstm-a', notes: [], warnings: [], presets: [],
  models: [
    model('lstm-a', [layer('encoder.0.rnn_hidden', ['output', 'recurrence']), layer('encoder.0.rnn_cell', ['recurrence'])]),
    model('marian', [layer('encoder.0.ffn_act', ['output'])]),
  ],
  corpus: { name: 'c', sentences: 20, parts: [{ name: 'everyday', sentences: 20 }], labels: [], columns: [], references: true },
  rankings: [
    { name: 'variance', title: 'Variance', summary: '', formula: '', reference: '', family: 'individual', needs: [], parameters: [], standardize: false, standardizable: false },
    { name: 'probe', title: 'Probe', summary: '', formula: '', reference: '', family: 'linguistic', needs: ['labels'], parameters: [], standardize: true, standardizable: true },
  ],
};

describe('a view in a project', () => {
  it('stays as it is where everything exists', () => {
    const view = {
      ...DEFAULT_VIEW, method: 'variance', part: 'everyday', focus: 'encoder.0.rnn_hidden[3]', offset: 8,
      selected: [newlySelected('encoder.0.rnn_cell[0]', 'recurrence')],
    };
    expect(settle(view, PROJECT)).toEqual({ view, problems: [] });
  });

  it('lets go of a form that names an analysis which there is not', () => {
    const filled = ['rank.label~upos', 'rank.method~nonsense'];
    const { view, problems } = settle({ ...DEFAULT_VIEW, filled }, PROJECT);
    expect(view.filled).toEqual(['rank.label~upos']);
    expect(problems).toEqual([{ key: 'ff', value: 'rank.method~nonsense', wanted: 'an analysis: variance, probe' }]);
    expect(settle({ ...DEFAULT_VIEW, filled: ['rank.method~probe'] }, PROJECT).problems).toEqual([]);
  });

  it('compares layers only with another model of the project', () => {
    for (const other of ['gpt', 'lstm-a']) {
      const { view, problems } = settle({ ...DEFAULT_VIEW, layersWith: other }, PROJECT);
      expect(view.layersWith).toBe('');
      expect(problems).toEqual([{ key: 'lm', value: other, wanted: 'marian' }]);
    }
    expect(settle({ ...DEFAULT_VIEW, layersWith: 'marian' }, PROJECT).problems).toEqual([]);
  });

  it('loses what the project lacks, and each loss has a name', () => {
    const { view, problems } = settle({
      ...DEFAULT_VIEW, model: 'gpt', method: 'magic', part: 'x', offset: 800, layers: ['encoder.9.rnn_hidden'],
      focus: 'encoder.0.rnn_hidden[4]', only: 'encoder.9.rnn_hidden', selected: [newlySelected('decoder.0.rnn_hidden[0]')],
    }, PROJECT);
    expect(problems.map((p) => p.key).sort()).toEqual(['f', 'l', 'm', 'n', 'o', 'part', 'r', 's']);
    expect(view).toEqual(DEFAULT_VIEW);
  });

  it('shows no ranking by itself that has to be given labels', () => {
    expect(settle({ ...DEFAULT_VIEW, method: 'probe' }, PROJECT).problems.map((p) => p.key)).toEqual(['r']);
  });

  it('lets go of neurons that the other model does not have', () => {
    const { view, problems } = settle(
      { ...DEFAULT_VIEW, model: 'marian', selected: [newlySelected('encoder.0.rnn_hidden[1]'), newlySelected('encoder.0.ffn_act[1]')] },
      PROJECT,
    );
    expect(view.selected.map((n) => n.address)).toEqual(['encoder.0.ffn_act[1]']);
    expect(problems).toHaveLength(1);
  });

  it('refuses a scope that the layer does not have', () => {
    expect(settle({ ...DEFAULT_VIEW, selected: [newlySelected('encoder.0.rnn_cell[0]', 'output')] }, PROJECT).problems[0]?.wanted)
      .toBe('recurrence');
  });
});
