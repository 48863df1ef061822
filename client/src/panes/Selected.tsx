/** The selected neurons and what is done to them. Every change is decoded while it is made. */
import { useId, useState } from 'preact/hooks';
import { Empty } from '../components/States';
import { Icon } from '../components/Icon';
import { Pane } from '../components/Pane';
import { ValueSlider } from '../components/ValueSlider';
import type { Operation, Scope, Unit } from '../api/types';
import { layerOf } from '../lib/address';
import { count, number } from '../lib/format';
import { memo } from '../lib/memo';
import { hasOutput } from '../lib/task';
import { useTyped } from '../lib/typed';
import { rangeOf, standsAt, withOperation, withUnit } from '../lib/slider';
import { OPERATIONS, type Place, type SelectedNeuron } from '../lib/view';
import { isolated } from '../lib/writing';
import { firstLabel, labelValues, placeLabels, sideOf } from '../services/labels';
import { momentsOf } from '../services/neuron';
import { hasGold, model } from '../services/project';
import { saidOfPlace, wrongPlace } from '../services/scopes';
import { focus } from '../services/ranking';
import { openSheet } from '../services/rankings';
import { add, applyPreset, clearSelected, edit, focusOn, interventions, isSelected, notes, placeless, presets, remove, selected } from '../services/selection';

const HELP = (
  <>
    <p>
      <b>zero</b> and <b>mean</b> silence a neuron; <b>set</b> puts a value in its place, <b>add</b> adds to it and
      <b> scale</b> multiplies it. <b>sd</b> counts from the neuron's mean in its standard deviations. Moving a slider
      switches the neuron on.
    </p>
    <p>
      Scope <b>output</b>: what later layers and the attention see (Bau et al. 2019). Scope <b>recurrence</b>: the state itself, which
      also carries on to the next word. <b>Resample</b> puts values that the neuron has at other words of the corpus in
      its place. <b>Patched</b>: the values that it has in another sentence's run; made under <b>Who made this word?</b>, where
      two runs are compared. <b>Percentile</b>: the value that so many per cent of the neuron's own values do not exceed.
    </p>
    <p>
      <b>Marked words</b>: only at the token positions that you click in the activations; positions count in every
      sentence. Neurons that read the source can be limited to <b>words with a label</b> (say, verbs in the past), to <b>these words</b>,
      or to words of a form, which a <b>regular expression</b> says: each sentence then has positions of its own.
    </p>
    <p>
      The decoder of a translation model is limited by what it <b>writes</b>: it is changed in every step that has just read a piece
      of such a word, tested as far as the word is written by then. The label of a written word is that of its form in the corpus's references.
    </p>
  </>
);

const WORDS: Record<Operation, string> = { zero: 'zero', mean: 'mean', resample: 'resample', set: 'set to', add: 'add', scale: 'scale by', patch: 'patched' };

type Kind = 'all' | 'marked' | 'label' | 'words' | 'form';

const NOWHERE: Place = { words: [], pattern: '', label: '', value: '' };

function kindOf({ positions, where }: SelectedNeuron): Kind {
  if (positions !== null) return 'marked';
  if (where === null) return 'all';
  return where.label !== '' ? 'label' : where.pattern !== '' ? 'form' : 'words';
}

/** Why the words that limit a neuron have no labels. */
function unlabelled(address: string): string {
  return sideOf(address) === 'reference' && !hasGold.value ? 'no references' : 'there is none';
}

/** A label and one of its values. */
function LabelChoice({ address, where }: { address: string; where: Place }) {
  const side = sideOf(address);
  const [values, labels] = [labelValues({ side, name: where.label }) ?? [], placeLabels(side)];
  return (
    <>
      <select aria-label={`${address}, label`} value={where.label} onChange={(e) => { edit(address, { where: { ...NOWHERE, label: e.currentTarget.value } }); }}>
        {!labels.includes(where.label) && <option value={where.label}>{where.label}</option>}
        {labels.map((name) => <option key={name} value={name}>{name}</option>)}
      </select>
      <select aria-label={`${address}, value of the label`} value={where.value} onChange={(e) => { edit(address, { where: { ...where, value: e.currentTarget.value } }); }}>
        <option value="">choose</option>
        {where.value !== '' && !values.some((v) => v.name === where.value) && <option value={where.value}>{where.value}</option>}
        {values.map((v) => <option key={v.name} value={v.name}>{isolated(v.name)} ({count(v.words)})</option>)}
      </select>
    </>
  );
}

/** Words, or a form of words, typed and taken when the field is left. */
function TypedPlace({ address, kind, where, told }: { address: string; kind: 'words' | 'form'; where: Place; told: { id: string; wrong: boolean } }) {
  const shown = kind === 'form' ? where.pattern : where.words.join(', ');
  const typed = useTyped(shown, ({ value }) => {
    const text = value.trim();
    if (text === shown) return;
    edit(address, {
      where: kind === 'form' ? { ...NOWHERE, pattern: text } : { ...NOWHERE, words: text.split(/[\s,]+/).filter((w) => w !== '').slice(0, 100) },
    });
  });
  return (
    <input
      type="text"
      class="place"
      maxLength={200}
      aria-label={`${address}, ${kind === 'form' ? 'regular expression of the word' : 'words'}`}
      placeholder={kind === 'form' ? 'such as .*ed' : 'such as he, she'}
      aria-invalid={told.wrong}
      aria-describedby={told.id}
      {...typed}
    />
  );
}

/** Where the neuron is changed: at all words, marked ones, or those that are named. */
function Places({ neuron }: { neuron: SelectedNeuron }) {
  const { address, where } = neuron;
  const known = kindOf(neuron);
  // Which kind of words is being typed is known before there is a word.
  const [typing, setTyping] = useState<'words' | 'form'>(known === 'form' ? 'form' : 'words');
  const kind = known === 'words' || known === 'form' ? (where?.pattern === '' && where.words.length === 0 ? typing : known) : known;
  const first = firstLabel(sideOf(address));
  const [wrong, said, told] = [wrongPlace(neuron), saidOfPlace(neuron), useId()];
  // A decoder does something after a word was written, whatever reads the source at it.
  const at = sideOf(address) === 'source' ? 'at' : 'after writing';
  const choose = (to: Kind) => {
    if (to === 'words' || to === 'form') setTyping(to);
    edit(address, {
      positions: to === 'marked' ? [] : null,
      where: to === 'all' || to === 'marked' ? null : to === 'label' ? { ...NOWHERE, label: first } : NOWHERE,
    });
  };
  return (
    <div class="positions">
      <select aria-label={`${address}, where`} value={kind} onChange={(e) => { choose(e.currentTarget.value as Kind); }}>
        <option value="all">at all words</option>
        <option value="marked">at marked words</option>
        {first !== '' || kind === 'label' ? <option value="label">{at} words with the label</option> : <option disabled>{at} words with a label ({unlabelled(address)})</option>}
        <option value="words">{at} these words</option>
        <option value="form">{at} words like (regular expression)</option>
      </select>
      {where !== null && kind === 'label' && <LabelChoice address={address} where={where} />}
      {where !== null && (kind === 'words' || kind === 'form') && <TypedPlace key={kind} address={address} kind={kind} where={where} told={{ id: told, wrong: wrong !== null }} />}
      {wrong !== null ? <p id={told} class="field-wrong" role="alert">{wrong}</p> : said !== '' && <p id={told} class="quiet">{said}</p>}
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
        {OPERATIONS.filter((o) => o !== 'patch' || operation === 'patch').map((o) => <option key={o} value={o}>{WORDS[o]}</option>)}
      </select>
      <select aria-label={`${address}, unit`} value={unit} disabled={operation === 'scale' || operation === 'resample' || operation === 'patch'} onChange={(e) => { edit(address, withUnit(neuron, e.currentTarget.value as Unit, moments)); }}>
        <option value="raw">raw</option>
        <option value="sigma" disabled={moments?.deviation === undefined || moments.deviation === null}>sd</option>
        <option value="percentile" disabled={operation === 'add'}>percentile</option>
      </select>
      {scopes.length > 1 && (
        <select aria-label={`${address}, scope`} value={scope} onChange={(e) => { edit(address, { scope: e.currentTarget.value as Scope }); }}>
          {scopes.map((s) => <option key={s} value={s}>{s}</option>)}
        </select>
      )}
      {neuron.values === null && <Places neuron={neuron} />}
    </div>
  );
}

/** The values of a patch and where they go; another operation takes them away. */
function Patched({ neuron, values }: { neuron: SelectedNeuron; values: readonly number[] }) {
  const places = neuron.positions ?? [];
  return (
    <p class="quiet numbers patched-values">
      its values in another run, at the same positions of every sentence:{' '}
      {values.slice(0, 12).map((v, i) => `${places[i] ?? ''}: ${number(v)}`).join(', ')}{values.length > 12 ? ' \u2026' : ''}
    </p>
  );
}

/** Redrawn only if its own neuron changes: with many of them a slider has to stay quick. */
const Card = memo(function Card({ neuron }: { neuron: SelectedNeuron }) {
  const { address, on, operation, unit } = neuron;
  const moments = momentsOf(address);
  const move = (value: number) => {
    const as = operation === 'zero' || operation === 'mean' || operation === 'resample' ? 'set' : operation;
    edit(address, { operation: as, value: unit === 'percentile' ? Math.max(0, Math.min(100, value)) : value, on: true });
  };
  return (
    <li class={`card ${on ? 'on' : ''} ${focus.value === address ? 'looked' : ''}`} data-neuron={address}>
      <div class="card-head">
        <input type="checkbox" role="switch" class="switch" aria-label={`${address}, on`} checked={on} onChange={() => { edit(address, { on: !on }); }} />
        <button type="button" class="plain address" title={`Look at ${address}`} onClick={() => { focusOn(address, { push: true }); }}>{address}</button>
        <Controls neuron={neuron} />
        <button type="button" class="plain tiny" aria-label={`Remove ${address}`} onClick={() => { remove(address); }}><Icon name="close" /></button>
      </div>
      {neuron.values !== null ? <Patched neuron={neuron} values={neuron.values} /> : <ValueSlider label={address} range={rangeOf(operation, unit, moments)} value={standsAt(neuron, moments)} live={on} onChange={move} />}
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
      note={<span class="quiet">{selected.value.length === 0 ? '' : `${active} of ${selected.value.length} applied${placeless.value === 0 ? '' : `, ${placeless.value} without words`}`}</span>}
      actions={
        <>
          <button type="button" class="small" data-opens="sets" title="Keep what is applied under a name; show several sets side by side" onClick={() => { openSheet('sets'); }}>Sets{'\u2026'}</button>
          <button type="button" class="small" disabled={selected.value.length === 0} onClick={clearSelected}>Clear all</button>
        </>
      }
    >
      <div class="scroll" tabIndex={0} role="group" aria-label="Selected neurons">
        {selected.value.length === 0 && (
          <Empty title="No neuron selected">
            Select one with the plus sign or the + key{hasOutput(model.value?.task) ? ', then switch it off or turn it, and watch what the model makes of it.' : ' to keep it on the screen.'}
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
