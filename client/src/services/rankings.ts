/**
 * The rankings that were made for the open model, and those that are on their way. A ranking that
 * needs labels or other models is asked for once, and again when the job that it waits for has
 * ended: the job that records activations, then the one that ranks.
 */
import { computed, effect, signal, untracked } from '@preact/signals';
import { ApiError, ask, askWithStatus } from '../api/client';
import type { Job, RankingInfo, RankingList, RankingMethod, RankingRequest } from '../api/types';
import { isFinal } from '../lib/jobs';
import { aboutRanking, isListed, readPart } from '../lib/methods';
import type { Sheet } from '../lib/view';
import { cancelJob, findJob, jobById, jobs, takeJob } from './jobs';
import { notify, say } from './notices';
import { FIRST_METHOD, inProject, model, project } from './project';
import { asApiError, Resource } from './resource';
import { change, view, viewed } from './store';

/** Counts up when a ranking has come or gone. */
const changes = signal(0);

export const rankingsLoad = new Resource<RankingInfo[]>(
  computed(() => {
    const [p, m] = [project.value, model.value];
    return p === null || m === null ? null : JSON.stringify([p.id, m.name, changes.value]);
  }),
  async (stop, key) => {
    const [id, name] = JSON.parse(key) as [string, string];
    const found = await ask<RankingList>(inProject(id, `rankings?model=${encodeURIComponent(name)}`), { signal: stop });
    return found.rankings;
  },
);

/** All rankings of the open model that were made, oldest first. */
export const made = computed<RankingInfo[]>(() =>
  (rankingsLoad.load.value.value ?? []).filter((info) => info.model === model.value?.name),
);

export function methodOf(name: string): RankingMethod | undefined {
  return project.value?.rankings.find((m) => m.name === name);
}

export function modelTitle(name: string): string {
  return project.value?.models.find((m) => m.name === name)?.title ?? name;
}

/** Those that the tree lists one by one. */
export const listedRankings = computed(() => made.value.filter((info) => isListed(info, methodOf(info.method))));

/** The analysis of the ranking that is shown if the tree does not list that one by itself; else empty. */
export const unlistedMethod = computed<string>(() => {
  const shown = shownRanking.value;
  return shown === null || isListed(shown, methodOf(shown.method)) ? '' : shown.method;
});

export function aboutOf(info: RankingInfo): string {
  return aboutRanking(info, methodOf(info.method), modelTitle);
}

/** The layers of a ranking in few words: a stack, a layer, or how many; empty for all of both stacks. */
function layersOf(info: RankingInfo): string {
  const stacks = new Set(info.layers.map((l) => l.stack));
  if (info.layers.length === 1) return info.layers[0]?.address ?? '';
  return stacks.size === 1 ? [...stacks].join('') : '';
}

/** What a ranking or one of its labels is called where several stand side by side. */
export function nameOfPart(key: string): string {
  const { ranking, label } = readPart(key);
  const info = made.value.find((r) => r.id === ranking);
  if (info === undefined) return key;
  const about = [aboutOf(info), layersOf(info)].filter((x) => x !== '').join('; ');
  return [info.title, about === '' ? null : `(${about})`, label === null ? null : `\u2192 ${label}`].filter((x) => x !== null).join(' ');
}

/** A ranking that was asked for and is not there yet. */
export interface Order {
  id: number;
  body: RankingRequest;
  title: string;
  /** The job that is waited for. */
  job: string | null;
  error: ApiError | null;
}

export const orders = signal<readonly Order[]>([]);
let lastOrder = 0;

function update(id: number, patch: Partial<Order>): void {
  orders.value = orders.peek().map((o) => (o.id === id ? { ...o, ...patch } : o));
}

export function dropOrder(id: number): void {
  orders.value = orders.peek().filter((o) => o.id !== id);
}

/** Stop making a ranking; its first neurons leave the screen. */
export async function cancelMaking(job: Job): Promise<void> {
  const making = rankingOf(job);
  if (making !== '' && making === view.peek().ranking) change({ ranking: '', label: '' });
  await cancelJob(job.id);
}

/** The same of one that was ordered here, also before its job is known to the page. */
export async function cancelOrder(order: Order): Promise<void> {
  const job = order.job === null ? undefined : jobById(order.job);
  if (job !== undefined) await cancelMaking(job);
  else if (order.job !== null) await cancelJob(order.job);
  dropOrder(order.id);
}

/** The ranking that a job makes; empty if it makes none. */
export function rankingOf(job: Job | undefined): string {
  return job?.kind === 'rank' && job.result !== null && 'ranking' in job.result ? String(job.result.ranking) : '';
}

async function jobEnded(id: string): Promise<Job> {
  await findJob(id);
  return new Promise((resolve) => {
    const stop = effect(() => {
      const job = jobById(id);
      if (job === undefined || !isFinal(job)) return;
      queueMicrotask(() => {
        stop();
        resolve(job);
      });
    });
  });
}

/** Ask until the ranking is there; throws what went wrong. */
async function obtain(projectId: string, body: RankingRequest, waiting: (job: string) => void): Promise<RankingInfo> {
  // Each model's activations may have to be recorded first, then the ranking itself made.
  for (let step = 0; step <= (body.others?.length ?? 0) + 2; step++) {
    let job: string;
    try {
      const answer = await askWithStatus<RankingInfo | Job>(inProject(projectId, 'rankings'), { body });
      if ('signature' in answer.body) return answer.body;
      takeJob(answer.body);
      job = answer.body.id;
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'not_ready' || error.job === null) throw error;
      job = error.job;
    }
    waiting(job);
    const ended = await jobEnded(job);
    if (ended.state !== 'done') {
      throw new ApiError('job', ended.error?.message ?? `The job was ${ended.state}.`, 0, null, job);
    }
  }
  throw new ApiError('job', 'The server asked to wait again and again. Try once more, or restart the server.', 0);
}

/** Make a ranking and show it when it is there; the first refusal is thrown, later ones are shown. */
export async function orderRanking(body: RankingRequest, title: string): Promise<void> {
  const p = project.peek();
  if (p === null) return;
  const id = ++lastOrder;
  let refused: unknown = null;
  let shown = false;
  await new Promise<void>((begun) => {
    obtain(p.id, body, (job) => {
      if (orders.peek().some((o) => o.id === id)) update(id, { job });
      else orders.value = [...orders.peek(), { id, body, title, job, error: null }];
      // What is known of it appears while it is made; whoever has gone elsewhere since stays there.
      const making = rankingOf(jobById(job));
      const sheet = view.peek().sheet;
      if (making !== '' && !shown && body.model === model.peek()?.name && (sheet === '' || sheet === 'new')) {
        shown = true;
        showRanking(making);
      }
      begun();
    }).then(
      (info) => {
        const wanted = orders.peek().some((o) => o.id === id);
        const late = wanted && view.peek().sheet !== '';
        dropOrder(id);
        changes.value++;
        say(`${info.title} is ready`);
        if (info.model === model.peek()?.name && !late && !shown) showMade(info, body.layers ?? []);
        begun();
      },
      (error: unknown) => {
        if (orders.peek().some((o) => o.id === id)) update(id, { error: asApiError(error), job: null });
        else refused = error;
        begun();
      },
    );
  });
  if (refused !== null) throw asApiError(refused);
}

/** Show a ranking that was made, or one of its labels. */
export function showRanking(id: string, label = ''): void {
  change({ ranking: id, label, sheet: '', only: '' }, { push: true });
}

/** Show the ranking of an analysis that needs nothing. */
export function showMethod(name: string): void {
  change({ method: name === FIRST_METHOD ? '' : name, ranking: '', label: '' }, { push: true });
}

/** Show what was just made: as its analysis and layers where the tree has no other place for it. */
function showMade(info: RankingInfo, layers: string[]): void {
  if (isListed(info, methodOf(info.method))) showRanking(info.id);
  else change({ method: info.method === FIRST_METHOD ? '' : info.method, layers, ranking: '', label: '', sheet: '', only: '' }, { push: true });
}

export async function removeRanking(info: RankingInfo): Promise<void> {
  const p = project.peek();
  if (p === null) return;
  try {
    await ask(inProject(p.id, `rankings/${encodeURIComponent(info.id)}`), { method: 'DELETE' });
  } catch (error) {
    notify('error', asApiError(error).message);
    return;
  }
  changes.value++;
  const now = view.peek();
  change({
    compared: now.compared.filter((key) => readPart(key).ranking !== info.id),
    ...(now.ranking === info.id ? { ranking: '', label: '' } : {}),
  });
  say(`${info.title} removed`);
}

/** Open or close what lies over the panes. */
export function openSheet(sheet: Sheet): void {
  if (view.peek().sheet !== sheet) change({ sheet }, { push: true });
}

/** Whether two rankings are of the same neurons, so that they can be compared. */
export function sameNeurons(a: RankingInfo, b: RankingInfo): boolean {
  return a.model === b.model && a.layers.length === b.layers.length && a.layers.every((l, i) => l.address === b.layers[i]?.address);
}

/** Make the ranking of an analysis that needs nothing on the layers of another one, and compare it. */
export async function compareWith(name: string, like: RankingInfo): Promise<void> {
  const p = project.peek();
  if (p === null) return;
  const body: RankingRequest = {
    model: like.model, method: name, layers: like.layers.map((l) => l.address), parameters: {}, label: null, others: [],
    standardize: null, seed: 0, words: 'last',
  };
  try {
    const info = await obtain(p.id, body, () => {
      say('The ranking is being made');
    });
    changes.value++;
    if (!view.peek().compared.includes(info.id)) toggleCompared(info.id);
  } catch (error) {
    notify('error', asApiError(error).message);
  }
}

export function toggleCompared(key: string): void {
  const now = view.peek().compared;
  change({ compared: now.includes(key) ? now.filter((k) => k !== key) : [...now, key] });
}

export function refreshRankings(): void {
  changes.value++;
}

/** Keep the list fresh: jobs of other pages make rankings too. */
export function followRankings(): void {
  rankingsLoad.follow();
  const seen = new Set<string>();
  effect(() => {
    const done = jobs.value.filter((j) => j.kind === 'rank' && j.state === 'done' && !seen.has(j.id));
    if (done.length === 0) return;
    for (const job of done) seen.add(job.id);
    untracked(refreshRankings);
  });
}

/** Jobs that make rankings of the open project and that this page did not ask for itself. */
export const otherRankJobs = computed(() =>
  jobs.value.filter(
    (j) => j.kind === 'rank' && !isFinal(j) && j.project === project.value?.id && !orders.value.some((o) => o.job === j.id),
  ),
);

export const shownRanking = computed<RankingInfo | null>(() => made.value.find((r) => r.id === viewed.ranking.value) ?? null);
