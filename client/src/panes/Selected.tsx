/** The selected neurons and what is done to them. Every change is decoded while it is made. */
import { Empty } from '../components/States';
import { Icon } from '../components/Icon';
import { Pane } from '../components/Pane';
import { ValueSlider } from '../components/ValueSlider';
import type { Operation, Scope, Unit } from '../api/types';
import { layerOf } from '../lib/address';
import { memo } from '../lib/memo';
import { rangeOf, standsAt, withOperation, withUnit } from '../lib/slider';
import { OPERATIONS, type SelectedNeuron } from '../lib/view';
import { momentsOf } from '../services/neuron';
import { model } from '../services/project';
import { focus } from '../services/ranking';
import { add, applyPreset, clearSelected, edit, focusOn, interventions, isSelected, notes, presets, remove, selected } from '../services/selection';

const HELP = (
  <>
    <p>
      <b>zero</b> and <b>mean</b> silence a neuron; <b>set</b> puts a value in its place, <b>add</b> adds to it and
      <b> scale</b> multiplies it. <b>sd</b> counts from the neuron's mean in its standard deviations. Moving a slider
      switches the neuron on.
    </p>
    <p>
      Scope <b>output</b>: what later layers and the attention see (Bau et al. 2019). Scope <b>recurrence</b>: the state itself, which
      also carries on to the next word. <b>Marked words</b>: only at the token positions that you click in the
      activations; positions count in every sentence.
    </p>
  </>
);

const WORDS: Record<Operation, string> = { zero: 'zero', mean: 'mean', set: 'set to', add: 'add', scale: 'scale by' };

function Positions({ neuron }: { neuron: SelectedNeuron }) {
  const { address, positions } = neuron;
  return (
    <div class="positions">
      <select aria-label={`${address}, where`} value={positions === null ? 'all' : 'marked'} onChange={(e) => { edit(address, { positions: e.currentTarget.value === 'all' ? null : [] }); }}>
        <option value="all">at all words</option>
        <option value="marked">at marked words</option>
      </select>
      {positions !== null && (
        <span class="quiet">
          {positions.length === 0 ? 'click words in its activations' : `positions ${positions.join(', ')} of every sentence`}
        </span>
      )}
    </div>
  );
}

function Controls({ neuron }: { neuron: SelectedNeuron }) {
  const { address, operation, unit, scope } = neuron;
  const moments = momentsOf(address);
  const scopes = layerOf(model.value?.layers ?? [], address)?.scopes ?? [];
  return (
    <div class="card-controls">
      <select aria-label={`${address}, operation`} value={operation} onChange={(e) => { edit(address, { ...withOperation(neuron, e.currentTarget.value as Operation, moments), on: true }); }}>
        {OPERATIONS.map((o) => <option key={o} value={o}>{WORDS[o]}</option>)}
      </select>
      <select aria-label={`${address}, unit`} value={unit} disabled={operation === 'scale'} onChange={(e) => { edit(address, withUnit(neuron, e.currentTarget.value as Unit, moments)); }}>
        <option value="raw">raw</option>
        <option value="sigma" disabled={moments?.deviation === undefined || moments.deviation === null}>sd</option>
      </select>
      {scopes.length > 1 && (
        <select aria-label={`${address}, scope`} value={scope} onChange={(e) => { edit(address, { scope: e.currentTarget.value as Scope }); }}>
          {scopes.map((s) => <option key={s} value={s}>{s}</option>)}
        </select>
      )}
      <Positions neuron={neuron} />
    </div>
  );
}

/** Redrawn only if its own neuron changes: with many of them a slider has to stay quick. */
const Card = memo(function Card({ neuron }: { neuron: SelectedNeuron }) {
  const { address, on, operation, unit } = neuron;
  const moments = momentsOf(address);
  const move = (value: number) => {
    const as = operation === 'zero' || operation === 'mean' ? 'set' : operation;
    edit(address, { operation: as, value, on: true });
  };
  return (
    <li class={`card ${on ? 'on' : ''} ${focus.value === address ? 'looked' : ''}`} data-neuron={address}>
      <div class="card-head">
        <input type="checkbox" role="switch" class="switch" aria-label={`${address}, on`} checked={on} onChange={() => { edit(address, { on: !on }); }} />
        <button type="button" class="plain address" title={`Look at ${address}`} onClick={() => { focusOn(address, { push: true }); }}>{address}</button>
        <Controls neuron={neuron} />
        <button type="button" class="plain tiny" aria-label={`Remove ${address}`} onClick={() => { remove(address); }}><Icon name="close" /></button>
      </div>
      <ValueSlider label={address} range={rangeOf(operation, unit, moments)} value={standsAt(neuron, moments)} live={on} onChange={move} />
    </li>
  );
}, (a, b) => a.neuron === b.neuron);

/** Neurons that the project says are worth a look, one click away. */
function Offers() {
  const open = notes.value.filter((n) => !isSelected(n.address));
  if (open.length === 0) return null;
  return (
    <ul class="offers" aria-label="Known-good neurons">
      {open.slice(0, 6).map((n) => (
        <li key={n.address}>
          <button type="button" class="small square" aria-label={`Select ${n.address}`} onClick={() => { add(n.address); focusOn(n.address); }}><Icon name="plus" /></button>
          <button type="button" class="plain address" onClick={() => { focusOn(n.address, { push: true }); }}>{n.address}</button>
          <span class="quiet">{n.note}</span>
        </li>
      ))}
    </ul>
  );
}

/** Groups of neurons that turn something, tried on sentences that they were not chosen by. */
function Presets() {
  if (presets.value.length === 0) return null;
  return (
    <div class="presets">
      <h3>Groups that turn something</h3>
      <ul>
        {presets.value.map((preset) => (
          <li key={preset.name}>
            <button type="button" class="small" onClick={() => { applyPreset(preset); }}>{preset.name}</button>
            <span class="quiet">
              turned <b class="numbers">{preset.turned} of {preset.of}</b> new sentences,{' '}
              {preset.interventions.reduce((n, i) => n + i.neurons.length, 0)} neurons
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function Selected() {
  const active = interventions.value.length;
  return (
    <Pane
      id="selected"
      title="Selected"
      help={HELP}
      note={<span class="quiet">{selected.value.length === 0 ? '' : `${active} of ${selected.value.length} applied`}</span>}
      actions={
        <button type="button" class="small" disabled={selected.value.length === 0} onClick={clearSelected}>Clear all</button>
      }
    >
      <div class="scroll" tabIndex={0} role="group" aria-label="Selected neurons">
        {selected.value.length === 0 && (
          <Empty title="No neuron selected">
            Select one with the plus sign or the + key, then switch it off or turn it, and watch the translations.
            {notes.value.length > 0 && ' These are known to be worth a look:'}
          </Empty>
        )}
        <ul class="cards">
          {selected.value.map((neuron) => <Card key={neuron.address} neuron={neuron} />)}
        </ul>
        {selected.value.length === 0 && <><Presets /><Offers /></>}
      </div>
    </Pane>
  );
}
