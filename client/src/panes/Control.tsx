/** Control a property of the output: a sweep of neurons and strengths, and its cells on any sentence. */
import { Changed, Marked } from '../components/Changed';
import { HeatMap } from '../components/HeatMap';
import { Icon } from '../components/Icon';
import { Sheet } from '../components/Sheet';
import { Empty, Failure, Loaded, Skeleton } from '../components/States';
import { Experiments } from '../components/Experiments';
import { ControlForm } from './ControlForm';
import type { ControlCell, ControlResult, ControlSentence } from '../api/types';
import { count, fixed, number, percent, signedFixed } from '../lib/format';
import { isFinal } from '../lib/jobs';
import type { Measure } from '../lib/view';
import { isolated } from '../lib/writing';
import {
  applyCell, applying, bestCell, cellKey, chooseCell, chosenAt, chosenCell, control, fits, labelsLoad, listed, looked, properties, setMeasure,
  showRun, shownCell, sourceLabel, valuesLoad, type At,
} from '../services/control';
import { model, titleOf } from '../services/project';
import { add, focusOn, isSelected } from '../services/selection';
import { openSheet } from '../services/rankings';
import { viewed } from '../services/store';
import { written } from '../services/writing';

/** A number as it was typed, with a true minus sign. */
function plain(value: number): string {
  return String(value).replace('-', '\u2212');
}

const MEASURES: Record<Measure, { title: string; about: string; of: (cell: ControlCell) => number; show: (v: number) => string; bad: boolean }> = {
  success: { title: 'success', about: 'share of the words that took the wanted value', of: (c) => c.success, show: percent, bad: false },
  bleu: { title: 'BLEU change', about: 'of the edited sentences, against no edit', of: (c) => c.bleu_change, show: (v) => signedFixed(v), bad: true },
  chrf: { title: 'chrF change', about: 'of the edited sentences, against no edit', of: (c) => c.chrf_change, show: (v) => signedFixed(v), bad: true },
  elsewhere: { title: 'changed elsewhere', about: 'share of output words that changed and belong to no edited word', of: (c) => c.changed_elsewhere, show: percent, bad: true },
};

function Sweep({ found }: { found: ControlResult }) {
  const measure = MEASURES[viewed.measure.value];
  const cell = (i: number, j: number) => found.sweep.find((c) => c.k === found.ks[i] && c.beta === found.betas[j]);
  const most = Math.max(1e-9, ...found.sweep.map((c) => Math.abs(measure.of(c))));
  const chosen = chosenCell.value;
  return (
    <section>
      <div class="inline-fields" role="radiogroup" aria-label="What the map shows">
        {Object.entries(MEASURES).map(([name, m]) => (
          <label key={name} class="inline"><input type="radio" name="control-measure" checked={viewed.measure.value === name} onChange={() => { setMeasure(name as Measure); }} /> {m.title}</label>
        ))}
      </div>
      <HeatMap
        label={`${measure.title} by number of neurons and beta`}
        rowName="neurons"
        columnName="beta"
        rows={found.ks.map(String)}
        columns={found.betas.map(plain)}
        values={found.ks.map((_, i) => found.betas.map((__, j) => { const c = cell(i, j); return c === undefined ? null : measure.of(c); }))}
        show={measure.show}
        shade={(v) => Math.abs(v) / (viewed.measure.value === 'success' ? Math.max(most, 0.5) : most)}
        bad={measure.bad}
        chosen={chosen === null ? null : { row: found.ks.indexOf(chosen.k), column: found.betas.indexOf(chosen.beta) }}
        name={(i, j) => `${found.ks[i] ?? ''} neurons, beta ${plain(found.betas[j] ?? 0)}`}
        look={(i, j) => { const c = cell(i, j); looked.value = c === undefined ? '' : cellKey(c); }}
        leave={() => { looked.value = ''; }}
        choose={(i, j) => { const c = cell(i, j); if (c !== undefined) chooseCell(c); }}
      />
      <p class="quiet">{measure.title}: {measure.about}. Each neuron is set to m1 + beta (m1 {'\u2212'} m2), where m1 is its mean at words translated as <bdi>{found.wanted}</bdi>, m2 as <bdi>{found.other}</bdi>.</p>
    </section>
  );
}

function Line({ sentence, after, turned }: { sentence: ControlSentence; after: string; turned: readonly number[] }) {
  return (
    <div>
      <dt {...written(sentence.source, 'source')}>
        <Marked text={sentence.source} places={sentence.places} kind={(i) => (turned.includes(sentence.words[i] ?? -1) ? 'turned' : 'unturned')} />
      </dt>
      <dd>
        <div class="quiet" {...written(sentence.before, 'target')}>{sentence.before}</div>
        <div {...written(after, 'target')}><Changed before={sentence.before} after={after} /></div>
      </dd>
    </div>
  );
}

/** What a cell did: its success, and beside it what it cost. */
function Facts({ cell }: { cell: ControlCell }) {
  const rows: [string, string, string][] = [
    ['took the value', percent(cell.success), `of ${count(cell.words)} edited words, in ${count(cell.sentences)} sentences`],
    ['have neither value now', percent(cell.untold), 'of the edited words'],
    ['changed elsewhere', percent(cell.changed_elsewhere), 'of the output words that belong to no edited word'],
    ['BLEU', signedFixed(cell.bleu_change), `against no edit, to ${fixed(cell.bleu)}`],
    ['chrF', signedFixed(cell.chrf_change), 'against no edit'],
  ];
  return (
    <table class="why-table control-facts">
      <tbody>{rows.map(([name, value, of], i) => <tr key={name}><th scope="row">{name}</th><td class="numbers">{i === 0 ? <b>{value}</b> : value}</td><td class="quiet">{of}</td></tr>)}</tbody>
    </table>
  );
}

function Apply({ cell, found, name }: { cell: ControlCell; found: ControlResult; name: string }) {
  const mine = found.model === model.value?.name;
  return (
    <button type="button" class="primary" disabled={!fits(cell) || !mine} title={mine ? (fits(cell) ? '' : 'More neurons than can be selected on the page') : `Found on ${titleOf(found.model)}: switch to that model first`} onClick={() => { applyCell(cell); }}>
      {name}
    </button>
  );
}

const PLACES: Record<At, (found: ControlResult) => string> = {
  label: (found) => `words labelled ${found.name}=${isolated(found.other)} in the source`,
  words: (found) => `${count(listed.value.length)} words that stand for ${isolated(found.other)}`,
  all: () => 'all words',
};

function Cell({ found }: { found: ControlResult }) {
  const cell = shownCell.value;
  if (cell === null) return <section class="control-cell"><p class="quiet">The first cells are being tried.</p></section>;
  const best = bestCell.value;
  const chosen = chosenCell.value ?? cell;
  const ways: At[] = [...(sourceLabel.value === null ? [] : ['label' as const]), ...(listed.value.length === 0 ? [] : ['words' as const]), 'all'];
  return (
    <section class="control-cell" aria-live="polite">
      <h3>{count(cell.k)} {cell.k === 1 ? 'neuron' : 'neurons'}, beta {plain(cell.beta)}{best !== null && cellKey(best) === cellKey(cell) ? (best.success > 0 ? ' (most success)' : ' (least damage; no setting turned a word)') : ''}</h3>
      <Facts cell={cell} />
      <div class="inline-fields">
        <label class="inline">at
          <select value={chosenAt.value} title={listed.value.join(', ')} onChange={(e) => { applying.set({ at: e.currentTarget.value as At }); }}>
            {ways.map((way) => <option key={way} value={way}>{PLACES[way](found)}</option>)}
          </select>
        </label>
        <label class="inline"><input type="checkbox" checked={applying.value.examples} onChange={(e) => { applying.set({ examples: e.currentTarget.checked }); }} /> with three of these sentences</label>
      </div>
      <div class="inline-fields">
        <Apply cell={chosen} found={found} name={`Apply ${count(chosen.k)} at beta ${plain(chosen.beta)}`} />
        {best !== null && cellKey(best) !== cellKey(chosen) && <Apply cell={best} found={found} name={`Apply the best: ${count(best.k)} at beta ${plain(best.beta)}`} />}
        <span class="quiet">to the sentences on the page</span>
      </div>
      <p class="quiet legend-line"><mark class="unturned">edited words</mark>, <mark class="turned">those that took the value</mark>; without the edit; with it, <ins>what is new</ins></p>
      <dl class="kept control-lines" tabIndex={0} aria-label="Translations at this cell">
        {found.shown.map((sentence, i) => {
          const output = cell.outputs[i];
          return output === undefined ? null : <Line key={sentence.source} sentence={sentence} after={output.after} turned={output.turned} />;
        })}
      </dl>
    </section>
  );
}

function Neurons({ found }: { found: ControlResult }) {
  return (
    <section>
      <h3>Neurons, by {found.select === 'random' ? 'chance' : found.select === 'difference' ? 'distance of the means' : 'accuracy of their Gaussian classifier'}</h3>
      <p class="quiet">Balanced accuracy on words that it was not fitted to; chance is 50 %. Fitted to {count(found.fitted_words[0] ?? 0)} words translated as <bdi>{found.wanted}</bdi> and {count(found.fitted_words[1] ?? 0)} as <bdi>{found.other}</bdi>.</p>
      <div class="control-neurons" tabIndex={0} role="group" aria-label="Neurons with their accuracy">
        <table class="why-table">
          <thead><tr><th scope="col">neuron</th><th scope="col" class="numbers">accuracy</th><th scope="col" class="numbers">mean at <bdi>{found.wanted}</bdi></th><th scope="col" class="numbers">mean at <bdi>{found.other}</bdi></th><th scope="col"><span class="unseen">select</span></th></tr></thead>
          <tbody>
            {found.neurons.map((n) => (
              <tr key={n.neuron}>
                <th scope="row"><button type="button" class="plain address" onClick={() => { focusOn(n.neuron, { push: true }); openSheet(''); }}>{n.neuron}</button></th>
                <td class="numbers">{percent(n.accuracy)}</td>
                <td class="numbers">{number(n.wanted_mean)}</td>
                <td class="numbers">{number(n.other_mean)}</td>
                <td><button type="button" class="plain tiny" disabled={isSelected(n.neuron)} aria-label={`Select ${n.neuron}`} onClick={() => { add(n.neuron); }}><Icon name="plus" /></button></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Judged({ found }: { found: ControlResult }) {
  const best = found.best;
  if (best === null) return null;
  return (
    <section class="wide" data-role="judged">
      <h3>The best setting on sentences that it was not chosen by: {count(best.k)} at beta {plain(best.beta)}</h3>
      <Facts cell={best} />
      <dl class="kept control-lines" tabIndex={0} aria-label="Translations of sentences that nothing was chosen by">
        {found.examples.slice(0, 30).map((e) => <Line key={e.source} sentence={e} after={e.after} turned={e.turned} />)}
      </dl>
      <details class="signatures"><summary>signature</summary><code>{found.signature}</code></details>
    </section>
  );
}

function Result({ found }: { found: ControlResult }) {
  return (
    <div data-role="control">
      <h3 class="control-title">{found.name}: <bdi>{found.other}</bdi> {'\u2192'} <bdi>{found.wanted}</bdi> <span class="quiet">{titleOf(found.model)}, {found.layers.join(', ')}; words linked by {found.alignment === 'fitted to the corpus' ? 'an aligner' : found.alignment}, outputs tagged by {found.tagging}</span></h3>
      <div class="sheet-grid">
        <div>
          <Sweep found={found} />
          <Neurons found={found} />
        </div>
        <Cell found={found} />
        <Judged found={found} />
      </div>
    </div>
  );
}

function Body() {
  const job = control.job.value;
  const found = control.result.value;
  const busy = job !== undefined && !isFinal(job);
  if (model.value !== null && model.value.task !== 'translation') return <Empty title="Only for translators">This model does not translate, so there is no word whose translation could be controlled.</Empty>;
  return (
    <div class="control-sheet" aria-busy={busy}>
      <Loaded of={labelsLoad} what="The labels" skeleton={<Skeleton lines={3} />}>
        {() => (properties.value.length === 0 ? <Empty title="No label">The references of this corpus have no labels. Put an annotation beside the text, such as text.reference.conllu.</Empty> : <ControlForm />)}
      </Loaded>
      {valuesLoad.load.value.error !== null && <Failure error={valuesLoad.load.value.error} what="The values of this property could not be read" />}
      {control.error.value !== null && <Failure error={control.error.value} what="The sweep could not be started" dismiss={() => { control.error.value = null; }} />}
      <Experiments of={control} show={showRun} />
      {found !== null && <Result found={found} />}
      {found === null && !busy && job === undefined && (
        <Empty title="Nothing tried yet">
          A property of the translation, say the number or the tense of a word, can often be turned by a few neurons of the
          source word. Neurons are ranked by how well each alone tells the two values; the first ones are set to a value
          beyond the mean of the wanted class, and the sentence is translated again (Bau et al. 2019).
        </Empty>
      )}
    </div>
  );
}

export function Control() {
  return <Sheet name="control" title="Control a property"><Body /></Sheet>;
}
