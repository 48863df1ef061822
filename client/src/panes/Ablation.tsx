/** Ablation curves: what the corpus score loses as more and more neurons are taken away. */
import { signal } from '@preact/signals';
import { CurveChart, scoreText, type ChartBand, type ChartCurve } from '../components/CurveChart';
import { GroupsTable } from '../components/GroupsTable';
import { Empty, Failure, JobProgress, Loaded, Skeleton } from '../components/States';
import { Icon } from '../components/Icon';
import { Sheet } from '../components/Sheet';
import type { AblationResult } from '../api/types';
import { count, pValue } from '../lib/format';
import { isFinal } from '../lib/jobs';
import {
  ablationError, asking, chosen, drawn, dropAblation, form, headLayers, isWhole, keptLoad, setForm, startAblation, type Direction, type Drawn,
} from '../services/ablation';
import { layerOf } from '../lib/address';
import { model } from '../services/project';
import { ranked } from '../services/ranking';
import { selected } from '../services/selection';

const KINDS: ChartCurve['kind'][] = ['one', 'two', 'three', 'four', 'five', 'six'];
const DIRECTIONS: [Direction, string][] = [['top', 'most important first'], ['bottom', 'least important first'], ['random', 'random (5 orders)']];
const WORDS: Record<Direction, string> = { top: 'top first', bottom: 'bottom first', random: 'random' };

type Metric = 'bleu' | 'chrf';
const metric = signal<Metric>('bleu');

function wholeNumber(text: string): number | null {
  const found = Number(text);
  return text !== '' && Number.isInteger(found) && found > 0 ? found : null;
}

function Form() {
  const now = form.value;
  const info = ranked.value;
  const recurrent = selected.value.some((n) => (layerOf(model.value?.layers ?? [], n.address)?.scopes ?? []).includes('recurrence'))
    || (info?.info.layers ?? []).some((l) => l.address.includes('rnn_')) || (now.of === 'layers' && (model.value?.layers ?? []).some((l) => l.scopes.includes('recurrence')));
  const name = info === null ? 'no ranking' : `${info.info.title}${info.label === '' ? '' : `, ${info.label}`}`;
  const whole = isWhole(now.of);
  const ready = now.of === 'ranking' ? info !== null
    : now.of === 'layers' ? true : now.of === 'heads' ? headLayers.value.length > 0 : selected.value.length > 0;
  return (
    <form
      class="ablation-form"
      onSubmit={(e) => {
        e.preventDefault();
        void startAblation();
      }}
    >
      <label>neurons of
        <select value={now.of} onChange={(e) => { setForm({ of: e.currentTarget.value as typeof now.of }); }}>
          <optgroup label="more and more of">
            <option value="ranking">the ranking shown: {name}</option>
            <option value="selection">the {count(selected.value.length)} selected, in their order</option>
          </optgroup>
          <optgroup label="as a whole">
            <option value="these">exactly the {count(selected.value.length)} selected</option>
            <option value="others">everything but the {count(selected.value.length)} selected, in their layers</option>
            <option value="layers">whole layers, one by one</option>
            {headLayers.value.length > 0 && <option value="heads">the heads of a layer, one by one</option>}
          </optgroup>
        </select>
      </label>
      {now.of === 'heads' && (
        <label>layer
          <select value={now.headsOf} onChange={(e) => { setForm({ headsOf: e.currentTarget.value }); }}>
            {headLayers.value.map((a, i) => <option key={a} value={i === 0 ? '' : a}>{a}</option>)}
          </select>
        </label>
      )}
      {now.of === 'layers' && (
        <label>layer
          <select value={now.layer} onChange={(e) => { setForm({ layer: e.currentTarget.value }); }}>
            <option value="">every layer</option>
            {(model.value?.layers ?? []).map((l) => <option key={l.address} value={l.address}>{l.address} ({count(l.width)})</option>)}
          </select>
        </label>
      )}
      {!whole && <fieldset>
        <legend>orders</legend>
        {DIRECTIONS.map(([direction, text]) => (
          <label key={direction} class="inline">
            <input
              type="checkbox"
              checked={now.directions.includes(direction)}
              onChange={(e) => {
                const rest = now.directions.filter((d) => d !== direction);
                setForm({ directions: e.currentTarget.checked ? [...rest, direction] : rest });
              }}
            />
            {text}
          </label>
        ))}
      </fieldset>}
      <label>set to
        <select value={now.operation} onChange={(e) => { setForm({ operation: e.currentTarget.value as typeof now.operation }); }}>
          <option value="zero">zero</option>
          <option value="mean">their mean</option>
          <option value="resample">values of other tokens (resample)</option>
        </select>
      </label>
      {recurrent && (
        <label>within
          <select value={now.scope} onChange={(e) => { setForm({ scope: e.currentTarget.value as typeof now.scope }); }}>
            <option value="output">the layer's output</option>
            <option value="recurrence">the recurrence</option>
          </select>
        </label>
      )}
      {!whole && <><label>steps
        <select value={String(now.steps)} onChange={(e) => { const v = e.currentTarget.value; setForm({ steps: v === 'adaptive' ? 'adaptive' : Number(v) }); }}>
          {[5, 10, 20, 40].map((n) => <option key={n} value={String(n)}>{n} equal</option>)}
          <option value="adaptive">adaptive</option>
        </select>
      </label>
      <label>up to
        <input type="text" inputMode="numeric" class="short" placeholder="all" disabled={now.steps === 'adaptive' || now.of === 'selection'} value={now.most === null ? '' : String(now.most)} onChange={(e) => { setForm({ most: wholeNumber(e.currentTarget.value) }); }} />
      </label></>}
      <label>sentences
        <input type="text" inputMode="numeric" class="short" placeholder="all" value={now.sentences === null ? '' : String(now.sentences)} onChange={(e) => { const n = wholeNumber(e.currentTarget.value); setForm({ sentences: n === null ? null : Math.max(10, n) }); }} />
      </label>
      <button type="submit" class="primary" disabled={!ready || asking.value || (!whole && now.directions.length === 0)}>{whole ? 'Ablate them' : 'Draw the curves'}</button>
    </form>
  );
}

function titleOf(result: AblationResult): string {
  return `${result.ranking}, ${result.operation}${result.scope === 'recurrence' ? ' in the recurrence' : ''}`;
}

function curvesOf(all: readonly Drawn[], which: Metric): { curves: ChartCurve[]; bands: ChartBand[] } {
  const [curves, bands]: [ChartCurve[], ChartBand[]] = [[], []];
  all.forEach(({ id, result }, i) => {
    if (result === null) return;
    const kind = KINDS[i % KINDS.length] ?? 'one';
    for (const curve of result.curves) {
      if (curve.direction === 'random' || curve.points.length === 0) continue;
      const name = `${titleOf(result)}: ${WORDS[curve.direction]}`;
      curves.push({
        name, kind, dashed: curve.direction === 'bottom',
        points: curve.points.map((p) => ({
          x: p.ablated,
          y: which === 'bleu' ? p.bleu : p.chrf,
          interval: which === 'bleu' ? p.bleu_interval : p.chrf_interval,
          title: `${count(p.ablated)} neurons, ${scoreText(which === 'bleu' ? p.bleu : p.chrf)}, ${count(p.changed_sentences)} of ${count(p.sentences)} sentences changed`,
          chosen: chosen.value?.job === id && chosen.value.translations === p.translations,
          choose: () => { chosen.value = { job: id, translations: p.translations, title: `${name}, ${count(p.ablated)} neurons` }; },
        })),
      });
    }
    const band = which === 'bleu' ? result.random_bleu : result.random_chrf;
    if (band.length > 0) bands.push({ name: `${titleOf(result)}: random orders`, kind, points: band.map(({ ablated, ...rest }) => ({ x: ablated, ...rest })) });
  });
  return { curves, bands };
}

function Areas({ result }: { result: AblationResult }) {
  const area = (direction: string) => {
    const values = result.curves.filter((c) => c.direction === direction).map((c) => (metric.value === 'bleu' ? c.area_bleu : c.area_chrf));
    const known = values.filter((v): v is number => v !== null);
    return known.length === 0 ? 'n/a' : scoreText(known.reduce((a, b) => a + b, 0) / known.length);
  };
  return <>{DIRECTIONS.map(([d]) => <td key={d} class="numbers">{area(d)}</td>)}</>;
}

function Table({ all }: { all: readonly Drawn[] }) {
  return (
    <table class="ablation-table">
      <caption class="quiet">Mean {metric.value === 'bleu' ? 'BLEU' : 'chrF'} along each curve: the lower, the more these neurons mattered</caption>
      <thead>
        <tr><th scope="col">ablated</th>{DIRECTIONS.map(([d]) => <th key={d} scope="col">{WORDS[d]}</th>)}<th scope="col">signature</th><th scope="col"><span class="unseen">remove</span></th></tr>
      </thead>
      <tbody>
        {all.map(({ id, job, result }) => (
          <tr key={id}>
            <th scope="row">
              {result === null ? (job?.title ?? id) : titleOf(result)}
              {job !== undefined && job.state !== 'done' && <JobProgress job={job} compact />}
            </th>
            {result === null ? <td colSpan={3} /> : <Areas result={result} />}
            <td>{result !== null && <details class="signatures"><summary>show</summary><code>{result.signature}</code><code>{metric.value === 'bleu' ? result.bleu_signature : result.chrf_signature}</code></details>}</td>
            <td><button type="button" class="plain tiny" aria-label={`Take ${result === null ? id : titleOf(result)} out of the chart`} onClick={() => { dropAblation(id); }}><Icon name="close" /></button></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Points({ all }: { all: readonly Drawn[] }) {
  const { curves } = curvesOf(all, metric.value);
  return (
    <details class="ablation-points">
      <summary>all points</summary>
      <div class="scroll-x">
        {all.map(({ id, result }) => result === null ? null : (
          <table key={id}>
            <caption>{titleOf(result)}</caption>
            <thead><tr><th scope="col">order</th><th scope="col">neurons</th><th scope="col">BLEU</th><th scope="col">chance</th><th scope="col">chrF</th><th scope="col">chance</th><th scope="col">changed</th></tr></thead>
            <tbody>
              {result.curves.flatMap((c) => c.points.map((p) => (
                <tr key={`${c.direction}${c.seed}${p.ablated}`}>
                  <td>{WORDS[c.direction]}{c.seed === null ? '' : ` ${c.seed}`}</td>
                  <td class="numbers">
                    <button type="button" class="plain" onClick={() => { chosen.value = { job: id, translations: p.translations, title: `${titleOf(result)}: ${WORDS[c.direction]}, ${count(p.ablated)} neurons` }; }}>{count(p.ablated)}</button>
                  </td>
                  <td class="numbers">{scoreText(p.bleu)} ± {scoreText(p.bleu_interval)}</td>
                  <td class="numbers quiet">{p.ablated === 0 ? '' : pValue(p.bleu_p_value)}</td>
                  <td class="numbers">{scoreText(p.chrf)} ± {scoreText(p.chrf_interval)}</td>
                  <td class="numbers quiet">{p.ablated === 0 ? '' : pValue(p.chrf_p_value)}</td>
                  <td class="numbers">{count(p.changed_sentences)}</td>
                </tr>
              )))}
            </tbody>
          </table>
        ))}
        {curves.length === 0 && <p class="quiet">No point yet.</p>}
      </div>
    </details>
  );
}

function Kept() {
  const point = chosen.value;
  if (point === null) return <p class="quiet">Choose a point to read what the model makes of the corpus there.</p>;
  return (
    <section aria-label="Translations at a point">
      <h3>{point.title}</h3>
      <Loaded of={keptLoad} what="The translations" skeleton={<Skeleton lines={6} />}>
        {(found, load) => (
          <dl class={`kept ${load.state === 'loading' ? 'behind' : ''}`}>
            {found.items.filter((i) => i.translation !== null).map((item) => (
              <div key={item.sentence}>
                <dt dir={model.value?.source_direction}>{item.source}</dt>
                <dd dir={model.value?.target_direction} lang={model.value?.target_language}>{item.translation}</dd>
              </div>
            ))}
          </dl>
        )}
      </Loaded>
    </section>
  );
}

function Body() {
  const all = drawn.value.filter((d) => d.job?.kind !== 'groups');
  const groups = drawn.value.filter((d) => d.job?.kind === 'groups');
  const { curves, bands } = curvesOf(all, metric.value);
  const busy = drawn.value.some(({ job }) => job !== undefined && !isFinal(job));
  return (
    <div class="ablation" data-role="ablation" aria-busy={busy}>
      <Form />
      {ablationError.value !== null && <Failure error={ablationError.value} what="The curves could not be drawn" dismiss={() => { ablationError.value = null; }} />}
      {drawn.value.length === 0 && (
        <Empty title="No curve yet">
          Neurons are taken away in the order of a ranking, and the corpus is translated and scored again at every step. If the
          ranking is right, the score falls early when the most important go first and late when the least important do;
          random orders show what any neurons would do.
        </Empty>
      )}
      {drawn.value.length > 0 && (
        <div class="inline-fields">
          <label class="inline">score
            <select value={metric.value} onChange={(e) => { metric.value = e.currentTarget.value as Metric; }}>
              <option value="bleu">BLEU</option>
              <option value="chrf">chrF</option>
            </select>
          </label>
        </div>
      )}
      {groups.map((d) => (
        <GroupsTable key={d.id} drawn={d} metric={metric.value}>
          {chosen.value?.job === d.id ? <Kept /> : <p class="quiet">Point at a row to read what the model makes of the corpus then.</p>}
        </GroupsTable>
      ))}
      {all.length > 0 && (
        <>
          <CurveChart label="Score against the number of ablated neurons" curves={curves} bands={bands} yName={metric.value === 'bleu' ? 'BLEU' : 'chrF'} />
          <Table all={all} />
          <Points all={all} />
        </>
      )}
      {all.length > 0 && !groups.some((d) => d.id === chosen.value?.job) && <Kept />}
    </div>
  );
}

export function Ablation() {
  return <Sheet name="ablate" title="Ablation curves and groups"><Body /></Sheet>;
}
