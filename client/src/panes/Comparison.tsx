/** Compare runs: what patching one sentence's states into the other recovers, and patches to keep. */
import { Fragment } from 'preact';
import { Changed } from '../components/Changed';
import { HeatMap } from '../components/HeatMap';
import { Icon } from '../components/Icon';
import { KeepAs } from '../components/KeepAs';
import { Doubts, Failure, Loaded, Skeleton } from '../components/States';
import { Turned, Written } from '../components/Written';
import type { CompareResult, PatchResult } from '../api/types';
import { stackOf } from '../lib/address';
import { pieceText } from '../lib/decoding';
import { count, percent } from '../lib/format';
import { saidCell } from '../lib/patching';
import { wordsOf } from '../lib/task';
import { cells, clearCells, isMarked, markCell, patchLoad, tooLarge } from '../services/attribution';
import { model } from '../services/project';
import { openSheet } from '../services/rankings';
import { applyInterventions, focusOn } from '../services/selection';
import { setsError } from '../services/sets';
import { viewed } from '../services/store';

const NAME = 80;

type PatchedLayer = CompareResult['layers'][number];

function piecesOf(found: CompareResult, address: string): readonly string[] {
  return stackOf(address) === 'encoder' ? found.source_pieces : found.target_pieces;
}

/** Whether the decoder reads the text itself, before it goes on. */
const reading = () => model.value?.task === 'language-modelling';

function Map({ found, layers }: { found: CompareResult; layers: readonly PatchedLayer[] }) {
  const stack = stackOf(layers[0]?.layer ?? '');
  const pieces = piecesOf(found, layers[0]?.layer ?? '').slice(0, layers[0]?.positions.length);
  const cell = (i: number, j: number) => ({ address: layers[i]?.layer ?? '', position: j === 0 ? null : j - 1 });
  return (
    <HeatMap
      label={`What patching recovers, ${stack}`}
      rowName="layer"
      columnName={stack === 'encoder' ? 'position of the source' : `position of the ${reading() ? 'text' : wordsOf(model.value?.task).output}, what was read there`}
      rows={layers.map((l) => l.layer)}
      columns={['all', ...pieces.map((piece, i) => `${i} ${pieceText(piece).replace('\u00b7', '')}`)]}
      values={layers.map((l) => [l.whole, ...l.positions])}
      show={percent}
      shade={(v) => Math.abs(v)}
      chosen={null}
      marked={(i, j) => isMarked(cell(i, j))}
      name={(i, j) => saidCell(cell(i, j), pieces)}
      look={() => undefined}
      leave={() => undefined}
      choose={(i, j) => { markCell(cell(i, j)); }}
    />
  );
}

function Neurons({ found }: { found: CompareResult }) {
  return (
    <div class="patch-neurons" tabIndex={0} role="group" aria-label="Single neurons and what each recovers">
      <table class="why-table">
        <thead><tr><th scope="col">single neuron</th><th scope="col">recovers</th><th scope="col"><span class="unseen">mark</span></th></tr></thead>
        <tbody>
          {found.neurons.map((n) => {
            const cell = { address: n.neuron, position: null };
            const on = isMarked(cell);
            return (
              <tr key={n.neuron}>
                <th scope="row"><button type="button" class="plain address" onClick={() => { focusOn(n.neuron, { push: true }); openSheet(''); }}>{n.neuron}</button></th>
                <td class={`numbers ${n.recovered < 0 ? 'worse' : 'better'}`}>{percent(n.recovered)}</td>
                <td><button type="button" class="small" aria-pressed={on} aria-label={`Mark ${n.neuron}`} onClick={() => { markCell(cell); }}>{on ? 'marked' : 'mark'}</button></td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** A name that says what is patched, as long as names may be. */
function suggested(found: CompareResult): string {
  const [first] = cells.value;
  if (first === undefined) return '';
  const more = cells.value.length > 1 ? ` and ${cells.value.length - 1} more` : '';
  const [start, end] = [`${saidCell(first, piecesOf(found, first.address))}${more}`, ` from "${found.counterfactual}"`];
  const room = NAME - start.length;
  return (end.length <= room ? start + end : room > 12 ? `${start}${end.slice(0, room - 2)}\u2026"` : start).slice(0, NAME);
}

/** What the marked cells do together, and what can become of them. */
function Together({ found, patch }: { found: CompareResult; patch: PatchResult }) {
  const refused = tooLarge(patch);
  return (
    <>
      <p>
        {cells.value.length > 1 ? 'Together they recover' : 'It recovers'} <b class="numbers">{percent(patch.recovered)}</b>:{' '}
        <Turned before={patch.before}>
          {patch.after === patch.before ? <span class="chip same">same</span> : <Written text={patch.after} side="target"><Changed before={patch.before} after={patch.after} /></Written>}
        </Turned>
      </p>
      <div class="inline-fields">
        <KeepAs key={found.counterfactual} what="this patch" edits={patch.interventions} offered={suggested(found)} />
        <button type="button" disabled={refused !== null} title={refused ?? 'In place of the neurons that are selected now'} onClick={() => { applyInterventions(patch.interventions, `${count(patch.interventions.length)} neurons patched`); }}>Select these neurons, patched</button>
      </div>
      {refused !== null && <p class="quiet">{refused}.</p>}
    </>
  );
}

function Marked({ found }: { found: CompareResult }) {
  const listed = cells.value;
  return (
    <section class="patch-marked" aria-label="Marked cells" data-role="patch">
      {listed.length === 0 ? <p class="quiet">Click cells or neurons to mark them: their values in the other run can be kept and put into any sentence.</p> : (
        <>
          <ul class="patch-cells" aria-label="Marked">
            {listed.map((cell) => {
              const said = saidCell(cell, piecesOf(found, cell.address));
              return (
                <li key={said}>
                  <span class="address">{said}</span>
                  <button type="button" class="plain tiny" aria-label={`Unmark ${said}`} onClick={() => { markCell(cell); }}><Icon name="close" /></button>
                </li>
              );
            })}
            {listed.length > 1 && <li><button type="button" class="small" onClick={clearCells}>Unmark all</button></li>}
          </ul>
          <Loaded of={patchLoad} what="The patch" skeleton={<Skeleton lines={2} />}>
            {(patch, load) => <div class={load.state === 'loading' ? 'behind' : ''}><Together found={found} patch={patch} /></div>}
          </Loaded>
        </>
      )}
      {setsError.value !== null && <Failure error={setsError.value.error} what={setsError.value.what} dismiss={() => { setsError.value = null; }} />}
    </section>
  );
}

export function Comparison({ found, told }: { found: CompareResult; told: readonly string[] }) {
  const stacks = ['encoder', 'decoder'].map((stack) => found.layers.filter((l) => l.layer.startsWith(`${stack}.`))).filter((l) => l.length > 0);
  return (
    <section class="why-compare" data-role="comparison">
      <h3>Where the two runs part: &quot;<bdi>{found.word}</bdi>&quot; or &quot;<bdi>{found.alternative ?? ''}</bdi>&quot;</h3>
      <Doubts texts={found.warnings.filter((text) => !told.includes(text))} />
      <p>{found.translations.map((text, i) => <Fragment key={i}>{i > 0 && ' \u2194 '}<Written text={text} side="target" /></Fragment>)}</p>
      <p class="quiet">
        Each state of the other sentence is put into this one&apos;s run: 100 % makes all of the
        difference between the two words, 0 % none. A dot where the sentences have no common position.
        Both are {reading() ? 'continued' : 'translated'} {viewed.beams.value === 1 ? 'greedily' : `with ${viewed.beams.value} beams`}, as on the page.
      </p>
      <Marked found={found} />
      <div class="patch-grid">
        <div>{stacks.map((layers) => <Map key={layers[0]?.layer ?? ''} found={found} layers={layers} />)}</div>
        <Neurons found={found} />
      </div>
    </section>
  );
}
