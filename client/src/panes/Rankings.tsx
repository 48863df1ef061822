/** Which ranking orders the neurons, what it comes from, and what can be done with it. */
import { Icon } from '../components/Icon';
import { Pane } from '../components/Pane';
import { Failure, JobProgress } from '../components/States';
import { address } from '../api/client';
import type { Job } from '../api/types';
import { count } from '../lib/format';
import { isFinal } from '../lib/jobs';
import { partKey } from '../lib/methods';
import { jobById } from '../services/jobs';
import { method, model } from '../services/project';
import { exportPath, ranked } from '../services/ranking';
import {
  aboutOf, cancelMaking, cancelOrder, dropOrder, methodOf, openSheet, orders, otherRankJobs, rankingOf, removeRanking, showRanking, shownRanking,
  toggleCompared,
} from '../services/rankings';
import { change, viewed } from '../services/store';
import { unfinished } from '../services/unfinished';
import { RankingTree } from './RankingTree';

const HELP = (
  <>
    <p>An analysis gives every neuron a score and puts the best first. Choose one; the list below follows. <b>New ranking</b> makes one that needs labels of words, or other models.</p>
    <p>A ranking by labels has one ranking for each label under it. Its signature says exactly what it came from. <b>Details</b> shows what else the analysis found, and how stable the ranking is; <b>compare</b> puts rankings side by side.</p>
  </>
);

function Layers() {
  const all = model.value?.layers ?? [];
  const extracted = new Set(model.value?.extracted ?? []);
  const chosen = viewed.layers.value;
  const choose = (value: string) => {
    change({ layers: value === '' ? [] : value === 'encoder' || value === 'decoder' ? all.filter((l) => l.stack === value).map((l) => l.address) : [value] }, { push: true });
  };
  const stack = (['encoder', 'decoder'] as const).find((s) => {
    const of = all.filter((l) => l.stack === s).map((l) => l.address);
    return of.length > 1 && of.length === chosen.length && of.every((l) => chosen.includes(l));
  });
  const several = chosen.length > 1 && stack === undefined;
  const value = stack ?? (chosen.length === 0 ? '' : several ? 'several' : (chosen[0] ?? ''));
  return (
    <label class="inline grow">
      layers
      <select class="layers" value={value} onChange={(e) => { choose(e.currentTarget.value); }}>
        <option value="">all recorded layers</option>
        {several && <option value="several">{chosen.length} layers of the address</option>}
        <option value="encoder">encoder</option>
        <option value="decoder">decoder</option>
        {all.map((l) => (
          <option key={l.address} value={l.address}>
            {l.address} ({l.width}){extracted.size > 0 && !extracted.has(l.address) ? ', not recorded' : ''}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Lists what is known of a ranking that is being made, or says that it is listed. */
function ShowUnfinished({ job }: { job: Job | undefined }) {
  const making = rankingOf(job);
  if (making === '' || job === undefined || isFinal(job)) return null;
  const shown = viewed.ranking.value === making;
  return (
    <button type="button" class="small" aria-pressed={shown} onClick={() => { if (!shown) showRanking(making); }}>
      {shown ? 'Its first neurons are listed' : 'List its first neurons'}
    </button>
  );
}

function Orders() {
  if (orders.value.length === 0 && otherRankJobs.value.length === 0) return null;
  return (
    <ul class="ranking-orders" aria-label="Rankings on their way">
      {orders.value.map((order) => {
        const job = order.job === null ? undefined : jobById(order.job);
        return (
          <li key={order.id}>
            {order.error !== null && <Failure error={order.error} what={`${order.title} was not made`} dismiss={() => { dropOrder(order.id); }} />}
            {order.error === null && job !== undefined && <JobProgress job={job} onCancel={() => void cancelOrder(order)} />}
            <ShowUnfinished job={job} />
          </li>
        );
      })}
      {otherRankJobs.value.map((job) => <li key={job.id}><JobProgress job={job} onCancel={() => void cancelMaking(job)} /><ShowUnfinished job={job} /></li>)}
    </ul>
  );
}

function Downloads({ path }: { path: string }) {
  return (
    <details class="export">
      <summary class="button small"><Icon name="download" /> Export</summary>
      <div>
        {(['csv', 'json', 'parquet'] as const).map((form) => (
          <a key={form} class="button small" href={address(`${path}${form}`)} download title={`The ranking as ${form}, with its signature`}>
            {form === 'parquet' ? 'Parquet' : form.toUpperCase()}
          </a>
        ))}
      </div>
    </details>
  );
}

function About() {
  const now = unfinished.value !== null ? null : ranked.value?.info.model === model.value?.name ? ranked.value : null;
  const shown = shownRanking.value;
  const by = unfinished.value !== null ? null : shown !== null ? methodOf(shown.method) : viewed.ranking.value === '' ? method.value : null;
  const path = exportPath.value;
  const key = now === null ? '' : partKey(now.info.id, now.label);
  const compared = viewed.compared.value.includes(key);
  const several = viewed.compared.value.length;
  return (
    <div class="ranking-about">
      <div class="ranking-actions">
        {now !== null && <button type="button" class="small" data-opens="details" onClick={() => { openSheet('details'); }}>Details</button>}
        {now !== null && (
          <button type="button" class="small" aria-pressed={compared} onClick={() => { toggleCompared(key); }} title="Put this ranking into the comparison">
            {compared ? 'Compared' : 'Add'}
          </button>
        )}
        <button type="button" class="small" data-opens="compare" onClick={() => { openSheet('compare'); }}>
          Compare {several > 0 && <span class="count">{several}</span>}
        </button>
        <button type="button" class="small" data-opens="layers" onClick={() => { openSheet('layers'); }}>Layers</button>
        <span class="spring" />
        {now !== null && path !== null && <Downloads path={path} />}
        {shown !== null && (
          <button type="button" class="small" onClick={() => void removeRanking(shown)}>Remove</button>
        )}
      </div>
      {by !== undefined && by !== null && (
        <details class="method-about">
          <summary>{shown === null ? by.summary : `${shown.title}, ${aboutOf(shown) || by.summary}`}</summary>
          {shown !== null && <p>{by.summary}</p>}
          <p><code class="formula">{by.formula}</code></p>
          <p class="quiet">{by.reference}</p>
          {now !== null && <p class="quiet signature">signature <code>{now.info.signature}</code></p>}
        </details>
      )}
    </div>
  );
}

export function Rankings() {
  const made = unfinished.value !== null ? null : ranked.value?.info.model === model.value?.name ? ranked.value : null;
  return (
    <Pane
      id="rankings"
      title="Rankings"
      help={HELP}
      note={made !== null && <span class="quiet numbers">{count(made.info.neurons)} neurons</span>}
      actions={
        <>
          <button type="button" class="small primary" data-opens="new labels" onClick={() => { openSheet('new'); }}><Icon name="plus" /> New ranking</button>
          {viewed.ranking.value === '' && <Layers />}
        </>
      }
    >
      <div class="scroll ranking-form">
        <Orders />
        <RankingTree />
      </div>
      <About />
    </Pane>
  );
}
