/** What analyses need, and how rankings that were made are called and told apart. */
import type { LabelBody, ParameterInfo, RankingInfo, RankingMethod } from '../api/types';

export const FAMILIES: readonly (readonly [string, string])[] = [
  ['individual', 'Individual'], ['cross-model', 'Cross-model'], ['linguistic', 'Linguistic'], ['marked', 'Marked words'],
];

export function needs(method: RankingMethod, what: string): boolean {
  return method.needs.includes(what);
}

/** Whether an analysis can be shown without asking for anything. */
export function isReady(method: RankingMethod): boolean {
  return !needs(method, 'labels') && !needs(method, 'others');
}

export type Value = ParameterInfo['default'];

/** The options that are not as the analysis declares them. */
export function chosenOptions(info: RankingInfo, method: RankingMethod | undefined): [string, Value][] {
  if (method === undefined) return [];
  const options: [string, Value][] = Object.entries(info.parameters).filter(([name, value]) => {
    const declared = method.parameters.find((p) => p.name === name);
    return declared !== undefined && declared.default !== value;
  });
  if (info.standardize !== null && info.standardize !== method.standardize) options.push(['standardize', info.standardize]);
  if (needs(method, 'seed') && info.seed !== 0) options.push(['seed', info.seed]);
  return options;
}

/** Whether a ranking is more than what its analysis gives by itself, so that the tree has to list it. */
export function isListed(info: RankingInfo, method: RankingMethod | undefined): boolean {
  return method === undefined || !isReady(method) || chosenOptions(info, method).length > 0;
}

export function labelTitle(label: LabelBody | RankingInfo['label']): string {
  if (label === null) return '';
  const options = Object.entries(label.parameters ?? {}).map(([k, v]) => `${k} ${String(v)}`);
  const name = label.name.replace(/^(column|annotator):/, '').replaceAll('_', ' ');
  const parts = [
    name,
    ...(options.length === 0 ? [] : [`(${options.join(', ')})`]),
    ...(label.against === null || label.against === undefined ? [] : [`= ${label.against}`]),
    ...(label.side === 'reference' ? ['of the reference'] : []),
  ];
  return parts.join(' ');
}

/** What a ranking is about, beside the name of its analysis. */
export function aboutRanking(info: RankingInfo, method: RankingMethod | undefined, titleOf: (model: string) => string): string {
  const options = chosenOptions(info, method).map(([name, value]) => `${name} ${String(value)}`);
  return [
    labelTitle(info.label),
    info.others.length === 0 ? '' : `with ${info.others.map(titleOf).join(', ')}`,
    ...options,
  ].filter((part) => part !== '').join(', ');
}

/** Key of a ranking or one of its labels, as the address holds it. */
export function partKey(id: string, label: string): string {
  return label === '' ? id : `${id}:${label}`;
}

export function readPart(key: string): { ranking: string; label: string | null } {
  const at = key.indexOf(':');
  return at < 0 ? { ranking: key, label: null } : { ranking: key.slice(0, at), label: key.slice(at + 1) };
}
