/** Ablation curves that are drawn: jobs whose points appear as they are computed, and the point that is read. */
import { computed, effect, signal, untracked } from '@preact/signals';
import { ask } from '../api/client';
import type { AblationResult, GroupsResult, Job, KeptTranslations } from '../api/types';
import { MAX_ABLATIONS } from '../lib/view';
import { findNamed, jobById, jobs } from './jobs';
import { inProject, project } from './project';
import { Resource } from './resource';
import { change, view, viewed } from './store';

export type Direction = 'top' | 'bottom' | 'random';

/** A job in the chart, with what it has found so far. */
export interface Drawn {
  id: string;
  job: Job | undefined;
  result: AblationResult | null;
  /** Of a job that ablates groups as a whole. */
  groups: GroupsResult | null;
}

export const drawn = computed<Drawn[]>(() =>
  viewed.ablations.value.map((id) => {
    const job = jobById(id);
    const result = job?.kind === 'ablate' ? (job.result as AblationResult | null) : null;
    const groups = job?.kind === 'groups' ? (job.result as GroupsResult | null) : null;
    return { id, job, result, groups };
  }),
);

/** Earlier curves and groups of the project that are not drawn now. */
export const earlier = computed(() => jobs.value.filter((j) =>
  (j.kind === 'ablate' || j.kind === 'groups') && j.project === project.value?.id && j.result !== null && !viewed.ablations.value.includes(j.id),
));

export function drawAgain(id: string): void {
  change({ ablations: [...view.peek().ablations.filter((other) => other !== id), id].slice(-MAX_ABLATIONS) }, { push: true });
}

export function dropAblation(id: string): void {
  const { ablations, point } = view.peek();
  change({ ablations: ablations.filter((other) => other !== id), ...(point.startsWith(`${id}:`) ? { point: '' } : {}) }, { push: true });
  if (looked.peek().startsWith(`${id}:`)) looked.value = '';
}

/** What a point is called in the address: its job, and the name that its translations are asked by. */
export function pointKey(job: string, translations: string): string {
  return `${job}:${translations}`;
}

/** The point that the hand rests on; it goes before the one that was chosen. */
export const looked = signal('');
export const shownPoint = computed(() => (looked.value === '' ? viewed.point.value : looked.value));

/** Choose a point for good: it stays when the hand leaves, and is part of the address. */
export function choosePoint(key: string): void {
  looked.value = '';
  change({ point: key }, { push: true });
}

/** The hand has left: what was chosen is shown again, or what was looked at last. */
export function leavePoints(): void {
  if (view.peek().point !== '') looked.value = '';
}

/** Name of the translations with nothing ablated, of the same job. */
export function cleanOf({ result, groups }: Drawn): string | null {
  if (groups !== null) return groups.baseline.translations;
  return result?.curves.flatMap((c) => c.points).find((p) => p.ablated === 0)?.translations ?? null;
}

export interface Kept {
  source: string;
  before: string | null;
  after: string;
}

const READ = 20;

/** What the model made of the first sentences at the point that is shown, and with nothing ablated. */
export const keptLoad = new Resource<Kept[]>(
  computed(() => {
    const [p, point] = [project.value, shownPoint.value];
    const [job, name] = point.split(':');
    const of = drawn.value.find((d) => d.id === job);
    return p === null || of === undefined || name === undefined ? null : JSON.stringify([p.id, name, cleanOf(of)]);
  }),
  async (stop, key) => {
    const [id, name, clean] = JSON.parse(key) as [string, string, string | null];
    const load = (of: string) => ask<KeptTranslations>(inProject(id, `kept?name=${encodeURIComponent(of)}&count=${READ}`), { signal: stop });
    const [at, before] = await Promise.all([load(name), clean === null || clean === name ? null : load(clean)]);
    const unchanged = new Map((before?.items ?? []).map((item) => [item.sentence, item.translation]));
    return at.items.flatMap((item) => (item.translation === null ? [] : [{
      source: item.source, after: item.translation, before: unchanged.get(item.sentence) ?? null,
    }]));
  },
);

export function followAblations(): void {
  keptLoad.follow();
  effect(() => {
    for (const id of viewed.ablations.value) {
      untracked(() => {
        // A job of another server, or one that is long gone: its curve is taken out of the chart.
        findNamed(id, 'A curve', () => { dropAblation(id); });
      });
    }
  });
}
