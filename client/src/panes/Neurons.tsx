/** All neurons of the ranking, best first. */
import { signal } from '@preact/signals';
import { Icon } from '../components/Icon';
import { Empty, Failure, Loaded, Skeleton } from '../components/States';
import { Pane } from '../components/Pane';
import { Toggle } from '../components/Toggle';
import { WindowedList } from '../components/WindowedList';
import { count, number } from '../lib/format';
import { model } from '../services/project';
import { focus, listed, ranked, rankingLoad, rowOf, type Ranked } from '../services/ranking';
import { change, viewed } from '../services/store';
import { neuronAt } from '../lib/address';
import type { Sort } from '../lib/view';
import { openSheet } from '../services/rankings';
import { add, findNeuron, focusOn, isSelected, notes, remove } from '../services/selection';
import { unfinished, unmade } from '../services/unfinished';
import { Unfinished } from './Unfinished';

const ROW = 26;
/** The list that was shown last. */
const LAST: { of: string | null } = { of: null };
const HELP = (
  <>
    <p>All neurons of the ranking in its order, with the score that put them there. The list can be limited to a layer and turned round; the places stay those of the whole ranking.</p>
    <p>Choose one to look at it. <kbd>+</kbd> selects it and <kbd>{'\u2212'}</kbd> removes it; <kbd>{'\u2190'}</kbd> and <kbd>{'\u2192'}</kbd> walk along the ranking. <kbd>/</kbd> goes to the search, which takes an address.</p>
  </>
);

const sought = signal('');
const wrong = signal<string | null>(null);

/** The address typed so far, in full where the layer can be guessed from the model. */
function search(event: Event): void {
  event.preventDefault();
  if (sought.value.trim() === '') return;
  const found = findNeuron(sought.value);
  if ('wrong' in found) {
    wrong.value = found.wrong;
    return;
  }
  wrong.value = null;
  focusOn(found.address, { push: true });
}

function Search() {
  return (
    <form class="neuron-search" onSubmit={search} noValidate>
      <input
        id="neuron-search"
        type="search"
        list="layer-names"
        value={sought.value}
        placeholder={`${model.value?.layers[0]?.address ?? 'encoder.0.rnn_hidden'}[3]`}
        aria-label="Find a neuron by its address"
        aria-invalid={wrong.value !== null}
        aria-describedby={wrong.value === null ? undefined : 'neuron-wrong'}
        autocomplete="off"
        spellcheck={false}
        onInput={(e) => {
          sought.value = e.currentTarget.value;
          wrong.value = null;
        }}
      />
      <datalist id="layer-names">
        {model.value?.layers.map((l) => <option key={l.address} value={`${l.address}[0]`} />)}
      </datalist>
      <button type="submit" class="small square" aria-label="Find the neuron"><Icon name="search" /></button>
      {wrong.value !== null && <p id="neuron-wrong" class="field-wrong" role="alert">{wrong.value}</p>}
    </form>
  );
}

function score(of: Ranked, place: number): number {
  return of.scores[of.order[place] ?? 0] ?? NaN;
}

function Row({ of, row, flat, best }: { of: Ranked; row: number; flat: number; best: number }) {
  const address = neuronAt(of.info.layers, flat);
  const value = of.scores[flat] ?? NaN;
  const looked = focus.value === address;
  const width = Number.isFinite(value) && best > 0 ? Math.max(0, Math.min(1, Math.abs(value) / best)) : 0;
  return (
    <div
      id={`row-${row}`}
      class={`neuron-row ${looked ? 'looked' : ''}`}
      role="row"
      aria-rowindex={row + 1}
      aria-selected={looked}
      style={{ height: `${ROW}px` }}
      onClick={() => { focusOn(address, { push: true }); }}
    >
      <span role="gridcell" class="place numbers">{(of.places[flat] ?? 0) + 1}</span>
      <span role="gridcell" class="address split" title={address}>
        <span>{address.slice(0, address.indexOf('['))}</span>
        {address.slice(address.indexOf('['))}
      </span>
      <span role="gridcell" class="score numbers">
        <span class="score-bar" style={{ inlineSize: `${width * 100}%` }} />
        {number(value)}
      </span>
      <span role="gridcell"><Toggle address={address} /></span>
    </div>
  );
}

function List({ of }: { of: Ranked }) {
  const best = [score(of, 0), score(of, Math.max(0, of.order.length - 1))]
    .map(Math.abs).filter(Number.isFinite).reduce((a, b) => Math.max(a, b), 0);
  const list = listed.value;
  const addressOf = (row: number) => neuronAt(of.info.layers, list[row] ?? 0);
  if (list.length === 0) return <Empty title="This ranking is empty">Choose other layers.</Empty>;
  return (
    <WindowedList
      rows={list.length}
      rowHeight={ROW}
      label={`Neurons by ${of.info.title}${of.label === '' ? '' : `: ${of.label}`}`}
      active={rowOf(of, focus.value)}
      of={JSON.stringify([of.info.id, of.label, viewed.sort.value, viewed.only.value])}
      last={LAST}
      row={(row) => <Row key={list[row]} of={of} row={row} flat={list[row] ?? 0} best={best} />}
      onStep={(row) => { focusOn(addressOf(row)); }}
      onAct={(row) => {
        const address = addressOf(row);
        if (isSelected(address)) remove(address);
        else add(address);
      }}
    />
  );
}

const SORTS: readonly (readonly [Sort, string])[] = [['best', 'best first'], ['worst', 'last first'], ['address', 'by address']];

/** Which part of the ranking is listed, and in which order. */
function Tools() {
  const layers = unfinished.value?.preview?.layers ?? ranked.value?.info.layers ?? [];
  const only = layers.some((l) => l.address === viewed.only.value) ? viewed.only.value : '';
  return (
    <div class="list-tools">
      <select aria-label="Layer that the list is limited to" value={only} disabled={layers.length === 0} onChange={(e) => { change({ only: e.currentTarget.value }, { push: true }); }}>
        <option value="">{layers.length === 0 ? 'all layers' : layers.length === 1 ? 'the one layer' : `all ${layers.length} layers`}</option>
        {layers.map((l) => <option key={l.address} value={l.address}>{l.address}</option>)}
      </select>
      <select aria-label="Order of the list" value={viewed.sort.value} onChange={(e) => { change({ sort: e.currentTarget.value as Sort }); }}>
        {SORTS.map(([sort, title]) => <option key={sort} value={sort}>{title}</option>)}
      </select>
    </div>
  );
}

/** In the head of the pane, so that the list has the room. */
function Notes() {
  if (notes.value.length === 0) return null;
  return (
    <>
      <button type="button" class="plain small" popovertarget="known-good">Known-good ({notes.value.length})</button>
      <div id="known-good" popover="auto" class="notes-card" role="region" aria-label="Known-good neurons">
        <h2>Known-good neurons</h2>
        <ul>
          {notes.value.map((n) => (
            <li key={n.address}>
              <button type="button" class="plain address" popovertarget="known-good" popovertargetaction="hide" onClick={() => { focusOn(n.address, { push: true }); }}>{n.address}</button>
              <span class="quiet">{n.note}</span>
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

export function Neurons() {
  const load = rankingLoad.load.value;
  const making = unfinished.value;
  return (
    <Pane
      id="neurons"
      title="Neurons"
      help={HELP}
      note={load.value === null || load.state === 'waiting' ? undefined : <span class="quiet numbers">{count(listed.value.length)}</span>}
      actions={<Notes />}
    >
      <Search />
      <Tools />
      {making !== null && <Unfinished {...making} />}
      {making === null && unmade.value !== null && load.error !== null && (
        <Failure error={load.error} what={`The ranking was not made (${unmade.value.title})`} retry={() => { openSheet('new'); }} />
      )}
      {making === null && unmade.value === null && (
        <Loaded of={rankingLoad} what="The ranking" skeleton={<Skeleton lines={10} />}>
          {(value, now) => (
            <div class={`fill ${now.state === 'loading' ? 'behind' : ''}`}><List of={value} /></div>
          )}
        </Loaded>
      )}
    </Pane>
  );
}
