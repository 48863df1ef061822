/** Scores of the sentences that have each value of a label, and the sentences of a slice. */
import { Icon } from '../components/Icon';
import { LabelsButton } from '../components/LabelsButton';
import { NotTranslated } from '../components/NotTranslated';
import { Options } from '../components/Options';
import { ShowSentence } from '../components/ShowSentence';
import { Empty, Loaded, Skeleton } from '../components/States';
import type { MetricInfo, SliceInfo, SlicesResult } from '../api/types';
import { count, percent, pValue } from '../lib/format';
import { differenceText, metricTitle, scoreText } from '../lib/metrics';
import { sortSlices } from '../lib/slices';
import type { SliceMetric, SliceSort } from '../lib/view';
import { chooseSlice, chooseSliced, fewest, labelsLoad, SENTENCES, sentencesOfSlice, sliced, slicesLoad } from '../services/corpus';
import { model } from '../services/project';
import { change, viewed } from '../services/store';
import { written } from '../services/writing';

const KINDS = [['annotation', 'Annotation of the words'], ['column', 'Labels of the sentence'], ['annotator', 'Made from the text']] as const;
const SORTS: readonly (readonly [SliceSort, string])[] = [
  ['label', 'as the label has them'], ['sentences', 'most sentences'], ['score', 'worst score'], ['difference', 'largest loss'],
];

/** The metric that is looked at: of those of the result the one that was chosen, or the first. */
function metricIn(metrics: readonly MetricInfo[] | undefined): MetricInfo | undefined {
  return metrics?.find((m) => m.name === viewed.sliceMetric.value) ?? metrics?.[0];
}

function LabelChoice() {
  const labels = labelsLoad.load.value.value;
  const metrics = slicesLoad.load.value.value?.metrics ?? [];
  const now = sliced.value;
  if (labels === null || now === null) return <Skeleton lines={2} label="Loading the labels" />;
  const source = labels[now.side].find((l) => l.name === now.name);
  return (
    <>
      <div class="inline-fields">
        <label class="inline">label of the
          <select aria-label="Text whose label makes the slices" value={now.side} onChange={(e) => { chooseSliced({ name: 'length', side: e.currentTarget.value as 'source' | 'reference', parameters: { form: 'class' } }); }}>
            <option value="source">source</option>
            <option value="reference">reference</option>
          </select>
        </label>
        <label class="inline">slices by
          <select aria-label="Label that makes the slices" data-role="label-choice" value={now.name} onChange={(e) => { chooseSliced({ ...now, name: e.currentTarget.value, parameters: e.currentTarget.value === 'length' ? { form: 'class' } : {} }); }}>
            {KINDS.map(([kind, title]) => {
              const some = labels[now.side].filter((l) => l.kind === kind);
              return some.length === 0 ? null : (
                <optgroup key={kind} label={title}>
                  {some.map((l) => <option key={l.name} value={l.name}>{l.title}</option>)}
                </optgroup>
              );
            })}
          </select>
        </label>
        <LabelsButton side={now.side} />
        <label class="inline">score
          <select aria-label="Score of the slices" value={metricIn(metrics)?.name ?? ''} disabled={metrics.length === 0} onChange={(e) => { change({ sliceMetric: e.currentTarget.value as SliceMetric }); }}>
            {metrics.length === 0 ? <option value="">not known yet</option> : metrics.map((m) => <option key={m.name} value={m.name}>{metricTitle(m.name)}{m.higher_is_better ? '' : ' (lower is better)'}</option>)}
          </select>
        </label>
        <label class="inline">first
          <select aria-label="Order of the slices" value={viewed.sliceSort.value} onChange={(e) => { change({ sliceSort: e.currentTarget.value as SliceSort }); }}>
            {SORTS.map(([sort, title]) => <option key={sort} value={sort}>{title}</option>)}
          </select>
        </label>
      </div>
      {source !== undefined && source.parameters.length > 0 && (
        <Options id="slices" parameters={source.parameters} values={now.parameters} onChange={(parameters) => { chooseSliced({ ...now, parameters }); }} />
      )}
    </>
  );
}

function Row({ slice, metric, most, whole = false }: { slice: SliceInfo; metric: MetricInfo; most: number; whole?: boolean }) {
  const score = slice.metrics[metric.name];
  if (score === undefined) return null;
  const text = (value: number) => scoreText(value, metric.logarithmic);
  const open = viewed.slice.value === slice.name && !whole;
  const at = (value: number) => `${most > 0 ? Math.max(0, Math.min(100, (100 * value) / most)) : 0}%`;
  const changed = score.baseline !== null;
  return (
    <tr class={`${open ? 'chosen-row' : ''} ${whole ? 'whole-row' : ''}`}>
      <th scope="row">
        {whole ? slice.name : <button type="button" class="plain" aria-expanded={open} onClick={() => { chooseSlice(slice.name); }}><bdi>{slice.name}</bdi></button>}
      </th>
      <td class="numbers">{count(slice.sentences)}</td>
      {changed && <td class="numbers">{slice.changed_sentences === null ? '' : percent(slice.changed_sentences / slice.sentences)}</td>}
      {changed && <td class="numbers">{text(score.baseline ?? 0)}</td>}
      <td class="numbers">{text(score.value)} <span class="quiet">± {text(score.interval)}</span></td>
      <td class="slice-bar" aria-hidden="true">
        <span class="slice-track">
          <span class="slice-value" style={{ inlineSize: at(score.value) }} />
          {score.baseline !== null && <span class="slice-clean" style={{ insetInlineStart: at(score.baseline) }} />}
        </span>
      </td>
      {changed && <td class="numbers">{differenceText(score.difference ?? 0, metric.logarithmic)} <span class="quiet">± {text(score.difference_interval ?? 0)}</span></td>}
      {changed && <td class="numbers quiet">{score.p_value === null ? '' : pValue(score.p_value)}</td>}
    </tr>
  );
}

function Table({ found }: { found: SlicesResult }) {
  const metric = metricIn(found.metrics);
  if (metric === undefined) return null;
  const rows = sortSlices(found.slices, viewed.sliceSort.value, metric);
  const most = Math.max(...[found.whole, ...rows].flatMap((s) => [s.metrics[metric.name]?.value ?? 0, s.metrics[metric.name]?.baseline ?? 0]));
  const changed = typeof found.whole.metrics[metric.name]?.baseline === 'number';
  const name = metricTitle(metric.name);
  return (
    <>
      <div class="plain-table slices-table" tabIndex={0} role="group" aria-label="Scores of slices">
        <table>
          <thead>
            <tr>
              <th scope="col">slice</th>
              <th scope="col">sentences</th>
              {changed && <th scope="col">changed</th>}
              {changed && <th scope="col">clean {name}</th>}
              <th scope="col">{changed ? 'changed ' : ''}{name}</th>
              <th scope="col"><span class="unseen">bar</span></th>
              {changed && <th scope="col">difference</th>}
              {changed && <th scope="col">chance</th>}
            </tr>
          </thead>
          <tbody>
            <Row slice={found.whole} metric={metric} most={most} whole />
            {rows.map((slice) => <Row key={slice.name} slice={slice} metric={metric} most={most} />)}
          </tbody>
        </table>
      </div>
      <p class="quiet">
        ± is half of the 95 % interval over resampled sentences{changed ? '; the line in a bar is the clean score' : ''}. A sentence is in
        the slice of every value that one of its words has; scores of few sentences say little, and of many slices some differ by chance.
        {found.left_out > 0 && ` Left out: ${count(found.left_out)} ${found.left_out === 1 ? 'slice' : 'slices'} of fewer than ${count(fewest.value)} sentences.`}
      </p>
      <details class="signatures"><summary>signature</summary><code>{metric.signature}</code></details>
    </>
  );
}

function Turn({ total }: { total: number }) {
  const first = viewed.slicePage.value;
  const to = (offset: number) => { change({ slicePage: offset }); };
  return (
    <>
      <span class="numbers quiet range" role="status">{count(first + 1)}{'\u2013'}{count(Math.min(total, first + SENTENCES))} of {count(total)}</span>
      <button type="button" class="small square" aria-label="Previous sentences of the slice" disabled={first <= 0} onClick={() => { to(Math.max(0, first - SENTENCES)); }}><Icon name="left" /></button>
      <button type="button" class="small square" aria-label="Next sentences of the slice" disabled={first + SENTENCES >= total} onClick={() => { to(first + SENTENCES); }}><Icon name="right" /></button>
    </>
  );
}

/** The score of one sentence; nothing where there is none, or where what the model made says it itself: a perplexity. */
function alone(metric: string, value: number | null) {
  if (metric === 'perplexity' || value === null) return null;
  const text = model.value?.task === 'classification' ? (value > 0 ? 'right' : 'wrong') : `${metricTitle(metric)} ${scoreText(value)}`;
  return <span class="quiet numbers">{text}</span>;
}

function Sentences() {
  const name = viewed.slice.value;
  if (name === '') return <p class="quiet">Choose a slice to read its sentences.</p>;
  return (
    <section aria-label="Sentences of the slice" data-role="slice-sentences">
      <h3><bdi>{name}</bdi></h3>
      <Loaded of={sentencesOfSlice} what="The sentences" skeleton={<Skeleton lines={8} />}>
        {(found, load) => (
          <div class={load.state === 'loading' ? 'behind' : ''}>
            <div class="inline-fields">
              <label class="inline">first
                <select aria-label="Order of the sentences" value={viewed.sliceOrder.value} onChange={(e) => { change({ sliceOrder: e.currentTarget.value as 'corpus' | 'worst' | 'change', slicePage: 0 }); }}>
                  <option value="corpus">as in the corpus</option>
                  <option value="worst">{found.metric === 'perplexity' ? 'highest' : 'lowest'} {metricTitle(found.metric)}</option>
                  <option value="change">what {found.metric === 'perplexity' ? 'rose' : 'fell'} most</option>
                </select>
              </label>
              <Turn total={found.total} />
            </div>
            <ul class="corpus-sentences">
              {found.sentences.map((s) => (
                <li key={s.sentence}>
                  <ShowSentence sentence={s.sentence} />
                  <div>
                    <p {...written(s.source, 'source')}>{s.source}</p>
                    <p {...written(s.clean, 'target')}><bdi>{s.clean}</bdi> {alone(found.metric, s.score)}</p>
                    {s.changed !== null && (
                      <p {...written(s.changed, 'target')}>
                        <span class="chip">{s.changed === s.clean ? 'same' : 'changed'}</span>{' '}
                        {s.changed !== s.clean && <><bdi>{s.changed}</bdi> {alone(found.metric, s.score_changed)}</>}
                      </p>
                    )}
                    <p {...written(s.reference, 'target')} class="quiet">{s.reference}</p>
                  </div>
                </li>
              ))}
            </ul>
          </div>
        )}
      </Loaded>
    </section>
  );
}

export function CorpusSlices() {
  const load = slicesLoad.load.value;
  return (
    <>
      <LabelChoice />
      {load.error?.code === 'not_scored' ? <NotTranslated what="Scores of slices are" /> : (
        <Loaded of={slicesLoad} what="The table of slices" skeleton={<Skeleton lines={8} />}>
          {(found, now) => (
            <div class={now.state === 'loading' ? 'behind' : ''} data-role="slices">
              {found.slices.length === 0 ? <Empty title="No slice">No sentence has a value of this label.</Empty> : <Table found={found} />}
              {found.slices.length > 0 && <Sentences />}
            </div>
          )}
        </Loaded>
      )}
    </>
  );
}
