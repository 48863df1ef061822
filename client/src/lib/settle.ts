/** A view brought into agreement with a project: what the project does not have is let go and named. */
import type { ModelInfo, Project } from '../api/types';
import { layerOf } from './address';
import type { Problem } from './codec';
import { isReady } from './methods';
import type { View } from './view';

/** The field that names the analysis of a new ranking. */
const ANALYSIS = 'rank.method~';

export function modelOf(project: Project, name: string): ModelInfo | undefined {
  return project.models.find((m) => m.name === (name === '' ? project.default_model : name));
}

/** The view without what the project lacks, and what that was. */
export function settle(view: View, project: Project): { view: View; problems: Problem[] } {
  const problems: Problem[] = [];
  const next: View = { ...view };
  const drop = (key: string, value: string, wanted: string) => problems.push({ key, value, wanted });

  let model = modelOf(project, view.model);
  if (model === undefined) {
    drop('m', view.model, project.models.map((m) => m.name).join(', '));
    next.model = '';
    model = modelOf(project, '');
  }
  if (view.layersWith !== '' && (view.layersWith === model?.name || !project.models.some((m) => m.name === view.layersWith))) {
    drop('lm', view.layersWith, project.models.map((m) => m.name).filter((n) => n !== model?.name).join(', '));
    next.layersWith = '';
  }
  const ready = project.rankings.filter(isReady);
  if (view.method !== '' && !ready.some((r) => r.name === view.method)) {
    drop('r', view.method, ready.map((r) => r.name).join(', '));
    next.method = '';
  }
  if (view.part !== '' && !project.corpus.parts.some((p) => p.name === view.part)) {
    drop('part', view.part, project.corpus.parts.map((p) => p.name).join(', '));
    next.part = '';
  }
  if (view.offset >= project.corpus.sentences && view.offset > 0) {
    drop('o', String(view.offset), `below ${project.corpus.sentences}`);
    next.offset = 0;
  }
  const analysis = view.filled.find((entry) => entry.startsWith(ANALYSIS));
  if (analysis !== undefined && !project.rankings.some((r) => r.name === analysis.slice(ANALYSIS.length))) {
    drop('ff', analysis, `an analysis: ${project.rankings.map((r) => r.name).join(', ')}`);
    next.filled = view.filled.filter((entry) => entry !== analysis);
  }
  const layers = model?.layers ?? [];
  const known = view.layers.filter((l) => layers.some((x) => x.address === l));
  if (known.length < view.layers.length) {
    drop('l', view.layers.filter((l) => !known.includes(l)).join(', '), layers.map((l) => l.address).join(', '));
    next.layers = known;
  }
  if (view.only !== '' && !layers.some((x) => x.address === view.only)) {
    drop('f', view.only, layers.map((l) => l.address).join(', '));
    next.only = '';
  }
  if (view.focus !== '' && layerOf(layers, view.focus) === null) {
    drop('n', view.focus, `a neuron of ${model?.name ?? 'the model'}`);
    next.focus = '';
  }
  next.selected = view.selected.filter((neuron) => {
    const layer = layerOf(layers, neuron.address);
    const good = layer?.scopes.includes(neuron.scope) ?? false;
    if (!good) {
      drop('s', neuron.address + (layer === null ? '' : ` with scope ${neuron.scope}`),
        layer === null ? `a neuron of ${model?.name ?? 'the model'}` : layer.scopes.join(' or '));
    }
    return good;
  });
  return { view: next, problems };
}
