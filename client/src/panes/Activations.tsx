/** The neuron looked at and the selected neurons, painted over the words of the page. */
import { computed } from '@preact/signals';
import { Fragment } from 'preact';
import { useMemo } from 'preact/hooks';
import { ColourChoice, Legend } from '../components/Legend';
import { Empty, Failure, JobProgress, Skeleton } from '../components/States';
import { Pane } from '../components/Pane';
import { StatusLine } from '../components/StatusLine';
import { TokenRow } from '../components/TokenRow';
import { stackOf } from '../lib/address';
import { positionsOf } from '../lib/painter';
import { wordsOf, writes } from '../lib/task';
import type { DecoderText, WordMode } from '../lib/view';
import { activationsLoad, painted, type Activated } from '../services/activations';
import { differenceOf } from '../services/edits';
import { gridKeys, gridLeave } from '../services/grid';
import { hoverNothing, hoverTarget, readHoverKey } from '../services/hover';
import { jobById } from '../services/jobs';
import { markWord } from '../services/marking';
import { momentsOf } from '../services/neuron';
import { lacksReferences, model } from '../services/project';
import { focus } from '../services/ranking';
import { focusOn, selected, togglePositions } from '../services/selection';
import { currentItem, items, setItem, type PageItem } from '../services/sentences';
import { change, viewed } from '../services/store';
import { failures, itemId } from '../services/translations';

const HELP = (
  <>
    <p>
      Each selected neuron, and the one you look at, over the words: encoder neurons over the source, decoder neurons
      over the translation or the reference (the state that produced the word; of a language model the state that read it). Red is negative, blue is positive;
      strong negative values are also underlined with dots.
    </p>
    <p>
      Colours are standard scores (distance from the neuron's mean in standard deviations), or raw values about zero.
      Point at a word, or walk the grid with the arrow keys, to read its value. If a selected neuron is limited to
      marked words, click words (or press Enter) to mark them.
    </p>
    <p>
      Below a changed copy of a sentence each neuron has a second line, the difference: the copy's value less the
      sentence's at every word that both have.
    </p>
  </>
);

const NOTHING = { mean: null, deviation: null, minimum: null, maximum: null };

/** Side of the page's texts that values belong to. */
function sideOf(kind: 'source' | 'translation' | 'reference'): 'source' | 'target' | 'reference' {
  return kind === 'translation' ? 'target' : kind;
}

/** Positions of the neurons that are limited to some; as text first, so that sliders redraw no row. */
const limits = computed(() => JSON.stringify(selected.value.flatMap((n) => (n.positions === null ? [] : [[n.address, n.positions]]))));
const limited = computed(() => new Map(JSON.parse(limits.value) as [string, number[]][]));

function dataOf(neuron: string): Activated | null {
  const load = activationsLoad[stackOf(neuron)].load.value;
  return load.value;
}

function Row({ neuron, item }: { neuron: string; item: PageItem }) {
  const id = itemId(item);
  const data = dataOf(neuron);
  const [text, values] = [data?.texts.get(id), data?.rows.get(neuron)];
  const looked = focus.value === neuron;
  return (
    <div class={`act-row ${looked ? 'looked' : ''}`} role="row">
      <div role="rowheader" class="act-name">
        <button type="button" class="plain address" tabIndex={-1} title={`Look at ${neuron}`} onClick={() => { focusOn(neuron, { push: true }); }}>
          {neuron}
        </button>
      </div>
      {text === undefined || values === undefined ? (
        <div role="gridcell" class="tokens quiet">
          {failures.value.has(id) ? 'not read: see the translations' : '\u2026'}
        </div>
      ) : (
        <TokenRow
          neuron={neuron}
          item={id}
          side={sideOf(text.kind)}
          text={text}
          values={values}
          moments={momentsOf(neuron) ?? data?.moments.get(neuron) ?? NOTHING}
          pieces={viewed.word.value === 'pieces'}
          positions={limited.value.get(neuron) ?? null}
        />
      )}
    </div>
  );
}

/** What a neuron's values changed by from a sentence to its changed copy. */
function DifferenceRow({ neuron, item }: { neuron: string; item: PageItem }) {
  const found = differenceOf(neuron, item);
  const deviation = (momentsOf(neuron) ?? dataOf(neuron)?.moments.get(neuron))?.deviation ?? null;
  const moments = useMemo(() => ({ ...NOTHING, mean: 0, deviation }), [deviation]);
  return (
    <div class="act-row act-difference" role="row" data-role="difference">
      <div role="rowheader" class="act-name quiet">difference</div>
      {found === null ? <div role="gridcell" class="tokens quiet">{'\u2026'}</div> : (
        <TokenRow
          neuron={neuron}
          item={itemId(item)}
          side="difference"
          text={found.text}
          values={found.values}
          moments={moments}
          pieces={viewed.word.value === 'pieces'}
          positions={null}
        />
      )}
    </div>
  );
}

function Group({ item }: { item: PageItem }) {
  const current = currentItem.value === item.key;
  const mark = item.copyOf !== null ? 'edit' : item.own === null ? (item.sentence ?? 0) + 1 : 'you';
  return (
    <div role="rowgroup" class={`act-group ${current ? 'current' : ''}`} data-item={item.key}>
      <span class="act-mark numbers" aria-hidden="true">{mark}</span>
      {painted.value.map((neuron) => (
        <Fragment key={neuron}>
          <Row neuron={neuron} item={item} />
          {item.copyOf !== null && <DifferenceRow neuron={neuron} item={item} />}
        </Fragment>
      ))}
    </div>
  );
}

/** Mark the word that was clicked, if its neuron is limited to marked words. */
function pick(target: EventTarget | null): void {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-c]') : null;
  const group = target instanceof Element ? target.closest<HTMLElement>('[data-item]') : null;
  if (group?.dataset.item !== undefined) setItem(group.dataset.item);
  if (markWord(target)) return;
  const neuron = cell?.parentElement?.dataset.n;
  if (cell === null || neuron === undefined) return;
  const chosen = selected.value.find((n) => n.address === neuron);
  if (chosen === undefined || chosen.positions === null) return;
  const key = readHoverKey(cell.dataset.h ?? '');
  const column = Number(cell.dataset.c);
  const text = key === null ? undefined : dataOf(neuron)?.texts.get(key.item);
  const positions = viewed.word.value === 'pieces' ? [column] : positionsOf(text?.view.piece_words ?? [], column);
  if (positions.length > 0) togglePositions(chosen, positions);
}

function Actions() {
  return (
    <>
      <select aria-label="Words or sub-words" value={viewed.word.value} onChange={(e) => { change({ word: e.currentTarget.value as WordMode }); }}>
        <option value="mean">words, mean</option>
        <option value="first">words, first piece</option>
        <option value="last">words, last piece</option>
        <option value="pieces">sub-words</option>
      </select>
      {lacksReferences.value && <span class="quiet" title="The text has no references: the decoder is recorded, and shown, while it writes the model's own translations.">own translations, no references</span>}
      {writes(model.value?.task) && !lacksReferences.value && (
        <select aria-label="Text under decoder neurons" value={viewed.decoder.value} onChange={(e) => { change({ decoder: e.currentTarget.value as DecoderText }); }}>
          <option value="translation">over {wordsOf(model.value?.task).output}</option>
          <option value="reference">over {wordsOf(model.value?.task).gold}</option>
        </select>
      )}
      <ColourChoice />
    </>
  );
}

/** Errors and waiting of the two requests; the same words are said once. */
function Trouble() {
  const loads = [activationsLoad.encoder, activationsLoad.decoder];
  const bad = loads.filter((r) => r.load.value.state === 'error');
  const waiting = loads.map((r) => r.load.value.job).find((job) => job !== null);
  const job = waiting === undefined ? undefined : jobById(waiting);
  const first = bad[0]?.load.value.error;
  return (
    <>
      {first !== undefined && first !== null && (
        <Failure error={first} what="Activations could not be loaded" retry={() => { for (const r of bad) r.reload(); }} />
      )}
      {job !== undefined && <JobProgress job={job} />}
    </>
  );
}

export function Activations() {
  const loading = [activationsLoad.encoder, activationsLoad.decoder].some((r) => r.load.value.state === 'loading');
  const drawn = painted.value.some((n) => dataOf(n) !== null);
  return (
    <Pane id="activations" title="Activations" help={HELP} actions={<Actions />} footer={<><StatusLine /><Legend /></>}>
      <Trouble />
      {painted.value.length === 0 && (
        <Empty title="No neuron to show yet">Choose one in the list of neurons, or search for its address.</Empty>
      )}
      {painted.value.length > 0 && !drawn && loading && <Skeleton lines={8} label="Loading activations" />}
      {painted.value.length > 0 && drawn && (
        <div
          class={`scroll act-grid ${viewed.wrap.value ? '' : 'nowrap'}`}
          role="grid"
          aria-label="Activations of the neurons over the words"
          aria-readonly="true"
          aria-busy={loading}
          tabIndex={0}
          onPointerOver={hoverTarget}
          onPointerLeave={hoverNothing}
          onClick={(e) => { pick(e.target); }}
          onKeyDown={(e) => { gridKeys(e, pick); }}
          onBlur={(e) => { gridLeave(e.currentTarget); }}
        >
          {items.value.map((item) => <Group key={`${item.copyOf ?? ''}${itemId(item)}`} item={item} />)}
        </div>
      )}
    </Pane>
  );
}
