/** Prune: take the least important units out for good, and open what is left as a model. */
import { Experiments } from '../components/Experiments';
import { NumberField } from '../components/NumberField';
import { Sheet } from '../components/Sheet';
import { Empty, Failure } from '../components/States';
import type { PruneResult } from '../api/types';
import { count, fixed, percent, pValue, signedFixed } from '../lib/format';
import { differenceText, metricTitle, scoreText } from '../lib/metrics';
import { isFinal } from '../lib/jobs';
import { model, project, titleOf, unscorable } from '../services/project';
import {
  byWeights, form, going, isOpen, kinds, lacking, openError, opening, openPruned, pruning, removePruned, setForm, startPruning, type PruneForm,
} from '../services/prune';
import { ranked } from '../services/ranking';
import { aboutOf, made } from '../services/rankings';

function Form() {
  const now = form.value;
  const shown = ranked.value;
  const parts = project.value?.corpus.parts ?? [];
  const width = going.value[0];
  const others = made.value.filter((info) => info.id !== shown?.info.id);
  const about = (info: (typeof others)[number]) => [info.title, aboutOf(info)].filter((x) => x !== '').join(', ');
  return (
    <form
      class="ablation-form"
      onSubmit={(e) => {
        e.preventDefault();
        void startPruning();
      }}
    >
      <label>least important by
        <select value={now.ranking} onChange={(e) => { setForm({ ranking: e.currentTarget.value }); }}>
          <option value="">the ranking shown: {shown === null ? 'none' : `${about(shown.info)}${shown.label === '' ? '' : `, ${shown.label}`}`}</option>
          {byWeights.value.length > 0 && <option value="weights">the size of their weights</option>}
          {others.map((info) => <option key={info.id} value={info.id}>{about(info)}</option>)}
        </select>
      </label>
      <label>take out
        <select value={now.kind} onChange={(e) => { setForm({ kind: e.currentTarget.value as PruneForm['kind'] }); }}>
          {kinds.value.map(([kind, title]) => <option key={kind} value={kind}>{title}</option>)}
        </select>
      </label>
      <label>share
        <span class="inline-fields">
          <input type="range" min={1} max={90} step={1} value={String(Math.round(100 * now.share))} aria-label="Share of each layer, per cent" onInput={(e) => { setForm({ share: e.currentTarget.valueAsNumber / 100 }); }} />
          <output class="numbers prune-share">{percent(now.share)}</output>
        </span>
      </label>
      {width !== undefined && (
        <label>units of {width.address}
          <NumberField class="short" min={1} max={width.width - 1} step={1} value={width.drop} onTake={(n) => n >= 1 && n < width.width && setForm({ share: n / width.width })} />
        </label>
      )}
      <label>compare on
        <select value={now.score && unscorable.value === null ? now.part : '-'} disabled={unscorable.value !== null} title={unscorable.value ?? undefined} onChange={(e) => { const v = e.currentTarget.value; setForm(v === '-' ? { score: false } : { score: true, part: v }); }}>
          <option value="">the whole corpus</option>
          {parts.map((p) => <option key={p.name} value={p.name}>{p.name} ({count(p.sentences)})</option>)}
          <option value="-">nothing</option>
        </select>
      </label>
      <button type="submit" class="primary" disabled={lacking.value !== null || pruning.asking.value}>Make the smaller model</button>
      <p class="quiet wants" role="status">{lacking.value ?? (going.value.length === 0 ? (form.value.kind === 'heads' ? 'Whole heads are taken out. Where layers may have different numbers of them, those of all layers compete.' : `${percent(form.value.share)} of the feed-forward units of every layer`) : going.value.map((l) => `${l.address}: ${count(l.drop)} of ${count(l.width)}`).join(', '))}</p>
    </form>
  );
}

function megabytes(bytes: number): string {
  return `${fixed(bytes / 1e6, 1)} MB`;
}

function Row({ name, before, after, difference }: { name: string; before: string; after: string; difference: string }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="numbers">{before}</td>
      <td class="numbers">{after}</td>
      <td class="quiet">{difference}</td>
    </tr>
  );
}

function less(pair: readonly number[]): string {
  const [before = 1, after = 1] = pair;
  return `${signedFixed(100 * (after / before - 1))} %`;
}

function Table({ found }: { found: PruneResult }) {
  const [p, b, s] = [found.parameters, found.bytes, found.scores];
  return (
    <table class="why-table prune-table">
      <thead><tr><th scope="col"><span class="unseen">measure</span></th><th scope="col" class="numbers">{titleOf(found.model)}</th><th scope="col" class="numbers">smaller</th><th scope="col">difference</th></tr></thead>
      <tbody>
        <Row name="parameters" before={count(p[0] ?? 0)} after={count(p[1] ?? 0)} difference={less(p)} />
        <Row name="weights on disk" before={megabytes(b[0] ?? 0)} after={megabytes(b[1] ?? 0)} difference={less(b)} />
        {s !== null && (
          <>
            <Row name="sentences a second" before={fixed(s.sentences / Math.max(1e-9, s.seconds[0] ?? 0))} after={fixed(s.sentences / Math.max(1e-9, s.seconds[1] ?? 0))} difference={`${fixed((s.seconds[0] ?? 0) / Math.max(1e-9, s.seconds[1] ?? 0), 2)} times as fast`} />
            {Object.entries(s.metrics).map(([name, m]) => {
              const text = (value: number) => scoreText(value, m.logarithmic);
              return (
                <Row key={name} name={metricTitle(name)} before={text(m.before)} after={`${text(m.after)} ± ${text(m.interval)}`} difference={`${differenceText(m.after - m.before, m.logarithmic)}, ${pValue(m.p_value)}`} />
              );
            })}
            <Row name="sentences" before={count(s.sentences)} after={`${count(s.changed_sentences)} changed`} difference="" />
          </>
        )}
      </tbody>
    </table>
  );
}

/** Layers that are as wide as another by themselves. */
const FOLLOWING = /\.(rnn_cell|cross_attn_out|ffn_pre)$/;

function Result({ found, job }: { found: PruneResult; job: string }) {
  const open = isOpen(found.name);
  return (
    <div data-role="pruned" class="sheet-grid">
      <section>
        <h3>{percent(found.share)} of the units taken out, by {found.ranking}</h3>
        <Table found={found} />
        {found.scores !== null && <details class="signatures"><summary>signatures</summary>{Object.values(found.scores.metrics).map((m) => <code key={m.signature}>{m.signature}</code>)}</details>}
      </section>
      <section>
        <h3>The smaller model</h3>
        <p>Saved in the workspace as <code>{found.name}</code>, in the format of the model it was made from.</p>
        <ul class="dropped">
          {Object.entries(found.dropped).filter(([layer]) => !FOLLOWING.test(layer)).map(([layer, n]) => <li key={layer}><span class="address">{layer}</span> <span class="numbers quiet">{count(n)} units less</span></li>)}
        </ul>
        {found.passed_over.length > 0 && (
          <p class="quiet" data-role="passed-over">Passed over, though the ranking has them, because nothing is chosen by them: {found.passed_over.join(', ')}.</p>
        )}
        <div class="inline-fields">
          <button type="button" class="primary" disabled={opening.value} onClick={() => void openPruned(job)}>{open ? 'Show it' : 'Open it as a model of this project'}</button>
          {open && <button type="button" onClick={() => void removePruned(found.name)}>Delete it</button>}
        </div>
        {openError.value !== null && <Failure error={openError.value} what="The smaller model could not be opened or deleted" dismiss={() => { openError.value = null; }} />}
      </section>
    </div>
  );
}

function Body() {
  const job = pruning.job.value;
  const found = pruning.result.value;
  return (
    <div class="control-sheet" aria-busy={job !== undefined && !isFinal(job)}>
      <Form />
      {pruning.error.value !== null && <Failure error={pruning.error.value} what="The model could not be pruned" dismiss={() => { pruning.error.value = null; }} />}
      <Experiments of={pruning} />
      {job?.state === 'done' && found !== null && <Result found={found} job={job.id} />}
      {job === undefined && (
        <Empty title="No smaller model yet">
          The units that stand last in a ranking are taken out of the weights of {model.value?.title ?? 'the model'}: the matrices become
          smaller, the model faster. If the ranking is right, it does almost as well.
        </Empty>
      )}
    </div>
  );
}

export function Prune() {
  return <Sheet name="prune" title="Prune the model"><Body /></Sheet>;
}
