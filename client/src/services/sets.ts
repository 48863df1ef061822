/**
 * Manipulation sets: interventions of one model under a name, kept by the server. Those that are
 * shown are named in the address; their scores are jobs, which the server finds again for each set.
 */
import { computed, effect, signal, untracked } from '@preact/signals';
import { ask, type ApiError } from '../api/client';
import type { Holding, InterventionBody, Job, PartScore, ScoreResult, SetInfo, TryResult } from '../api/types';
import { writePlace } from '../lib/codec';
import { saveFile } from '../lib/saving';
import { MAX_SELECTED, MAX_SETS } from '../lib/view';
import { findJob, findNamed, jobById, takeJob } from './jobs';
import { notify, say } from './notices';
import { inProject, model, project } from './project';
import { asApiError, Resource } from './resource';
import { asSelected, interventions } from './selection';
import { change, view, viewed } from './store';

/** Counts the changes made here, each of which asks for the list again. */
const version = signal(0);

export const setsLoad = new Resource<SetInfo[]>(
  computed(() => {
    const [p, m] = [project.value, model.value];
    return p === null || m === null ? null : JSON.stringify([p.id, m.name, viewed.beams.value, version.value]);
  }),
  async (stop, key) => {
    const [id, name, beams] = JSON.parse(key) as [string, string, number];
    const params = new URLSearchParams({ model: name, beams: String(beams) });
    return (await ask<{ sets: SetInfo[] }>(inProject(id, `sets?${params.toString()}`), { signal: stop })).sets;
  },
);

/** The sets of the open model; those of another one while the list is on its way are left out. */
export const sets = computed<SetInfo[]>(() => (setsLoad.load.value.value ?? []).filter((s) => s.model === model.value?.name));

/** The sets under each sentence, in the order of the address. */
export const shownSets = computed<SetInfo[]>(() =>
  viewed.sets.value.flatMap((id) => sets.value.find((s) => s.id === id) ?? []),
);

/** A place for each set of the address, also while the list is on its way, so that nothing jumps. */
export const setSlots = computed<{ id: string; set: SetInfo | null }[]>(() =>
  viewed.sets.value.map((id) => ({ id, set: sets.value.find((s) => s.id === id) ?? null })),
);

export const setsError = signal<{ what: string; error: ApiError } | null>(null);
export const working = signal(false);

async function act(what: string, work: (projectId: string, modelName: string) => Promise<void>): Promise<boolean> {
  const [p, m] = [project.peek(), model.peek()];
  if (p === null || m === null || working.peek()) return false;
  working.value = true;
  setsError.value = null;
  try {
    await work(p.id, m.name);
    return true;
  } catch (error) {
    setsError.value = { what, error: asApiError(error) };
    return false;
  } finally {
    working.value = false;
  }
}

/** Keep what is applied now under a name, in place of the set that has this name already. */
export async function saveSet(name: string, edits: readonly InterventionBody[] = interventions.peek()): Promise<boolean> {
  const before = sets.peek().find((s) => s.name === name);
  return act('The set could not be kept', async (id, modelName) => {
    const body = { name, model: modelName, interventions: edits };
    const made = await ask<SetInfo>(inProject(id, before === undefined ? 'sets' : `sets/${before.id}`), { body });
    say(`${made.name} kept`);
    version.value++;
    showSet(made.id, true);
  });
}

export async function renameSet(set: SetInfo, name: string): Promise<boolean> {
  return act('The set could not be renamed', async (id) => {
    const body = { name, model: set.model, interventions: set.interventions satisfies InterventionBody[] };
    await ask<SetInfo>(inProject(id, `sets/${set.id}`), { body });
    version.value++;
  });
}

export async function removeSet(set: SetInfo): Promise<void> {
  await act('The set could not be deleted', async (id) => {
    await ask(inProject(id, `sets/${set.id}`), { method: 'DELETE' });
    showSet(set.id, false);
    version.value++;
    say(`${set.name} deleted`);
  });
}

/** Show a set under each sentence, or no longer. */
export function showSet(id: string, on: boolean): void {
  const rest = view.peek().sets.filter((other) => other !== id);
  if (on && rest.length >= MAX_SETS) {
    notify('warning', `${MAX_SETS} sets are shown, which is the most. Take one away first.`);
    return;
  }
  change({ sets: on ? [...rest, id] : rest }, { push: true });
}

/** Put a set in place of what is selected, to look at it and to change it. */
export function openSet(set: SetInfo): void {
  const group = asSelected(set.interventions);
  const first = new Map(group.map((n) => [n.address, n]));
  change({ selected: [...first.values()].slice(0, MAX_SELECTED), sheet: '', focus: group[0]?.address ?? view.peek().focus }, { push: true });
  say(`${set.name}: ${group.length} neurons selected`);
}

/** Why a set cannot be taken apart into selected neurons; null if it can. */
export function cannotOpen(set: SetInfo): string | null {
  const names = set.interventions.flatMap((i) => i.neurons);
  if (names.length > MAX_SELECTED) return `It has ${names.length} neurons; at most ${MAX_SELECTED} can be selected.`;
  return new Set(names).size < names.length ? 'It changes a neuron in several ways, which the list of selected neurons cannot show.' : null;
}

/** What is kept, as a file that can be imported again, here or in Python. */
export function exportSets(list: readonly SetInfo[]): void {
  const values = { model: model.peek()?.name ?? '', sets: list.map(({ name, interventions: edits }) => ({ name, interventions: edits })) };
  saveFile(`sets-${values.model}.json`, `${JSON.stringify(values, null, 1)}\n`, 'application/json');
}

/** Keep the sets of a file: what `exportSets` wrote, a list of sets, or one set. */
export async function importSets(file: File): Promise<void> {
  let found: unknown;
  try {
    found = JSON.parse(await file.text());
  } catch {
    notify('error', `${file.name} is not JSON. A file of sets is what "Export" writes: {"sets": [{"name": ..., "interventions": [...]}]}.`);
    return;
  }
  const given = typeof found === 'object' && found !== null && 'sets' in found ? found.sets : found;
  const list: unknown[] = Array.isArray(given) ? (given as unknown[]) : [given];
  await act(`${file.name} could not be imported`, async (id, modelName) => {
    const { sets: made } = await ask<{ sets: SetInfo[] }>(inProject(id, 'sets/import'), { body: { model: modelName, sets: list } });
    say(`${made.length} sets imported`);
    version.value++;
  });
}

/** Jobs that were started here since the list was loaded, by set and what it holds. */
const started = signal<ReadonlyMap<string, string>>(new Map());

function placeOf(set: SetInfo): string {
  return JSON.stringify([set.id, set.interventions, viewed.beams.value]);
}

/** The job that scores a set as it is; undefined if none was asked for, or it is not loaded yet. */
export function scoreJobOf(set: SetInfo): Job | undefined {
  const id = started.value.get(placeOf(set)) ?? set.score;
  return id === null ? undefined : jobById(id);
}

/** What scoring the whole corpus under a set has found, so far. */
export function resultOf(set: SetInfo): ScoreResult | null {
  const job = scoreJobOf(set);
  return job?.kind === 'score' ? (job.result as ScoreResult | null) : null;
}

/** Scores of the whole corpus under a set, so far; null of a model that does not translate. */
export function scoreOf(set: SetInfo): PartScore | null {
  const result = resultOf(set);
  return result === null ? null : (result.parts.find((p) => p.part === 'all') ?? result.parts[0] ?? null);
}

export async function scoreSet(set: SetInfo): Promise<void> {
  const [p, place] = [project.peek(), placeOf(set)];
  if (p === null) return;
  setsError.value = null;
  try {
    const body = { model: set.model, interventions: set.interventions satisfies InterventionBody[], beams: view.peek().beams, part: null };
    const job = await ask<Job>(inProject(p.id, 'score'), { body });
    takeJob(job);
    started.value = new Map(started.peek()).set(place, job.id);
  } catch (error) {
    setsError.value = { what: `${set.name} could not be scored`, error: asApiError(error) };
  }
}

/** Interventions as a text that is the same whatever is left to its default. */
function markOf(edits: readonly InterventionBody[]): string {
  return JSON.stringify(edits.map((e) => [e.neurons, e.operation, e.value, e.unit, e.positions ?? null, e.scope, writePlace(e.where ?? null), e.seed ?? 0, e.values ?? null]));
}

/** What a job that was started here tries; of one that the address names, its result says it. */
const trials = new Map<string, string>();

/** The job that tried an edit on the whole corpus. */
export const triedJob = computed<Job | undefined>(() => jobById(viewed.tried.value));
const triedResult = computed<TryResult | null>(() => {
  const job = triedJob.value;
  return job?.kind === 'try' && job.state === 'done' ? (job.result as TryResult | null) : null;
});

/** What trying these interventions has found, or how far it is; null if others were tried. */
export function triedWith(edits: readonly InterventionBody[]): { job: Job; found: TryResult | null } | null {
  const [job, found, asked] = [triedJob.value, triedResult.value, markOf(edits)];
  if (job === undefined) return null;
  const of = found === null ? trials.get(job.id) : markOf(found.interventions);
  return of === asked ? { job, found } : null;
}

export async function tryEdit(edits: readonly InterventionBody[], word: string, wanted: string, holding: Holding | null): Promise<void> {
  await act('The edit could not be tried', async (id, modelName) => {
    const body = { model: modelName, interventions: edits, word, wanted, sentences: null, holding, beams: view.peek().beams };
    const job = await ask<Job>(inProject(id, 'try'), { body });
    trials.set(job.id, markOf(edits));
    takeJob(job);
    change({ tried: job.id }, { push: true });
  });
}

export function followSets(): void {
  setsLoad.follow();
  effect(() => {
    const ids = sets.value.flatMap((s) => s.score ?? []);
    untracked(() => {
      for (const id of ids) findJob(id).catch(() => undefined);
    });
  });
  effect(() => {
    const id = viewed.tried.value;
    if (id !== '') untracked(() => {
      findNamed(id, 'The trial', () => { change({ tried: '' }); });
    });
  });
  effect(() => {
    // A set that was deleted, or that is another model's, is not shown any longer.
    const { state, of } = setsLoad.load.value;
    const [p, m] = [project.value, model.value];
    if (state !== 'ready' || of === null || p === null || m === null) return;
    const [id, name] = JSON.parse(of) as [string, string];
    if (id !== p.id || name !== m.name) return;
    const known = new Set(sets.value.map((s) => s.id));
    const kept = viewed.sets.value.filter((s) => known.has(s));
    if (kept.length < viewed.sets.value.length) untracked(() => {
      if (of === JSON.stringify([p.id, m.name, view.peek().beams, version.peek()])) change({ sets: kept });
    });
  });
}
