/** All neurons of the ranking, best first. */
import { signal } from '@preact/signals';
import { Icon } from '../components/Icon';
import { Empty, Loaded, Skeleton } from '../components/States';
import { Pane } from '../components/Pane';
import { WindowedList } from '../components/WindowedList';
import { count, number } from '../lib/format';
import { model } from '../services/project';
import { focus, neuronAtPlace, placeOf, rankingLoad, type Ranked } from '../services/ranking';
import { add, findNeuron, focusOn, isSelected, notes, remove } from '../services/selection';

const ROW = 28;
const HELP = (
  <>
    <p>All neurons of the chosen layers in the order of the ranking, with the score that put them there.</p>
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

function Toggle({ address }: { address: string }) {
  const on = isSelected(address);
  return (
    <button
      type="button"
      class={`plain tiny toggle ${on ? 'on' : ''}`}
      tabIndex={-1}
      aria-label={on ? `Remove ${address}` : `Select ${address}`}
      onClick={(e) => {
        e.stopPropagation();
        if (on) remove(address);
        else add(address);
      }}
    >
      <Icon name={on ? 'minus' : 'plus'} />
    </button>
  );
}

function score(of: Ranked, place: number): number {
  return of.scores[of.order[place] ?? 0] ?? NaN;
}

function Row({ of, place, best }: { of: Ranked; place: number; best: number }) {
  const address = neuronAtPlace(of, place);
  const value = score(of, place);
  const looked = focus.value === address;
  const width = Number.isFinite(value) && best > 0 ? Math.max(0, Math.min(1, Math.abs(value) / best)) : 0;
  return (
    <div
      key={place}
      id={`row-${place}`}
      class={`neuron-row ${looked ? 'looked' : ''}`}
      role="row"
      aria-rowindex={place + 1}
      aria-selected={looked}
      style={{ height: `${ROW}px` }}
      onClick={() => { focusOn(address, { push: true }); }}
    >
      <span role="gridcell" class="place numbers">{place + 1}</span>
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
  if (of.order.length === 0) return <Empty title="This ranking is empty">Choose other layers.</Empty>;
  return (
    <WindowedList
      rows={of.order.length}
      rowHeight={ROW}
      label={`Neurons by ${of.info.title}`}
      active={placeOf(of, focus.value)}
      row={(place) => <Row key={place} of={of} place={place} best={best} />}
      onStep={(place) => { focusOn(neuronAtPlace(of, place)); }}
      onAct={(place) => {
        const address = neuronAtPlace(of, place);
        if (isSelected(address)) remove(address);
        else add(address);
      }}
    />
  );
}

function Notes() {
  if (notes.value.length === 0) return null;
  return (
    <details class="notes">
      <summary>Known-good neurons ({notes.value.length})</summary>
      <ul>
        {notes.value.map((n) => (
          <li key={n.address}>
            <button type="button" class="plain address" onClick={() => { focusOn(n.address, { push: true }); }}>{n.address}</button>
            <span class="quiet">{n.note}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

export function Neurons() {
  const load = rankingLoad.load.value;
  return (
    <Pane
      id="neurons"
      title="Neurons"
      help={HELP}
      note={load.value === null || load.state === 'waiting' ? undefined : <span class="quiet numbers">{count(load.value.order.length)}</span>}
    >
      <Search />
      <Notes />
      <Loaded of={rankingLoad} what="The ranking" skeleton={<Skeleton lines={10} />}>
        {(value, now) => (
          <div class={`fill ${now.state === 'loading' ? 'behind' : ''}`}><List of={value} /></div>
        )}
      </Loaded>
    </Pane>
  );
}
