/** Decoding: how one sentence came to be translated, and what would follow other words. */
import { signal } from '@preact/signals';
import { Alternatives } from '../components/Alternatives';
import { AskedSentence } from '../components/AskedSentence';
import { AttentionMap } from '../components/AttentionMap';
import { BeamTree } from '../components/BeamTree';
import { Sheet } from '../components/Sheet';
import { Empty, Loaded, Skeleton } from '../components/States';
import { Words } from '../components/Words';
import { Written } from '../components/Written';
import type { AttentionMeta, DecodedLine, DecodingResult, TextView } from '../api/types';
import { pieceText, type MapKind } from '../lib/decoding';
import { number } from '../lib/format';
import { wordsOf } from '../lib/task';
import type { LineKind } from '../lib/view';
import {
  asked, attentionLoad, choice, chooseAttention, chooseLine, chosenLine, chosenReading, compared, decodes, decodingLoad, forceAt, forced, forceIds, forceNothing, forceText,
  HERE, pair, read,
} from '../services/decoding';
import { hoverNothing, hoverTarget } from '../services/hover';
import { model } from '../services/project';
import { interventions } from '../services/selection';
import { change, viewed } from '../services/store';
import { written } from '../services/writing';

const NAMES: Record<LineKind, string> = {
  clean: 'as it is', changed: 'changed', forced: 'forced', forced_changed: 'forced, changed',
};
const TITLES: Record<LineKind, string> = {
  clean: 'The model as it is',
  changed: 'With your interventions',
  forced: 'As it is, from the words that are forced; words that differ from the first line are marked',
  forced_changed: 'With your interventions, from the words that are forced; words that differ from the changed line are marked',
};
const KINDS: Record<MapKind, string> = {
  cross: 'output to source', encoder: 'within the source', decoder: 'within the output',
};

const typed = signal('');

/** Pieces side by side, each in a direction of its own, so that marks of words stay where words begin. */
function Prefix({ pieces }: { pieces: readonly string[] }) {
  return <Written side="target" text={pieces.join('')}>{pieces.map((piece, i) => [i > 0 ? ' ' : '', <bdi key={i}>{pieceText(piece)}</bdi>])}</Written>;
}

function Forcing({ found }: { found: DecodingResult | null }) {
  const now = forced.value;
  return (
    <form
      class="inline-fields decoding-force"
      onSubmit={(e) => {
        e.preventDefault();
        forceText(typed.value);
      }}
    >
      <label class="inline">begin with
        <input type="text" class="long" maxLength={2000} dir={typed.value === '' ? undefined : 'auto'} placeholder="words that it has to begin with" value={typed.value} onInput={(e) => { typed.value = e.currentTarget.value; }} />
      </label>
      <button type="submit" disabled={typed.value.trim() === ''}>Force</button>
      <label class="inline">beams
        <select value={String(viewed.beams.value)} onChange={(e) => { change({ beams: Number(e.currentTarget.value) }, { push: true }); }}>
          {Array.from({ length: 10 }, (_, i) => <option key={i} value={String(i + 1)}>{i === 0 ? '1, greedy' : i + 1}</option>)}
        </select>
      </label>
      <label class="inline">alternatives
        <select value={String(viewed.alternatives.value)} onChange={(e) => { change({ alternatives: Number(e.currentTarget.value) }); }}>
          {Array.from({ length: 10 }, (_, i) => <option key={i} value={String(i + 1)}>{i + 1}</option>)}
        </select>
      </label>
      {now !== null && (
        <span class="chip active" data-role="forced">
          forced: <b>{found === null || found.prefix.length === 0 ? <Written side="target" text={'text' in now ? now.text : '\u2026'} /> : <Prefix pieces={found.prefix} />}</b>
          <button type="button" class="small" onClick={forceNothing}>force nothing</button>
        </span>
      )}
    </form>
  );
}

function Line({ line }: { line: DecodedLine }) {
  const chosen = chosenLine.value?.kind === line.kind;
  const total = line.steps.reduce((sum, s) => sum + s.logprob, 0);
  return (
    <label class={`decoding-line ${chosen ? 'chosen' : ''}`} data-line={line.kind} title={TITLES[line.kind]}>
      <input type="radio" name="decoding-line" checked={chosen} onChange={() => { chooseLine(line.kind); }} />
      <span class="line-label">{NAMES[line.kind]}</span>
      <span class="decoding-text" {...written(line.view.text, 'target')}>
        <Words view={line.view} link={chosen ? { item: HERE, side: 'target' } : null} marked={line.kind === 'clean' ? (compared.value?.output.added ?? line.changed) : line.changed} />
        {line.truncated && <span class="chip warn" title="Cut at the length limit before the model ended.">cut</span>}
      </span>
      <span class="quiet numbers" title={`Sum of log-probabilities ${number(total)} over ${line.steps.length} tokens`}>score {number(line.score)}</span>
    </label>
  );
}

function Attention({ source, target }: { source: TextView | null; target: TextView | null }) {
  const { layer, head } = choice.value;
  const load = attentionLoad.load.value;
  const meta = load.value?.meta ?? null;
  const kind = choice.value.kind ?? meta?.kind ?? null;
  const point = (row: AttentionMeta['rows'][number] | null, column: AttentionMeta['rows'][number] | null) => {
    const next = { source: -1, target: -1 };
    for (const at of [row, column]) {
      if (at?.side === 'source') next.source = source?.piece_words[at.index] ?? -1;
      if (at?.side === 'target' && next.target < 0) next.target = target?.piece_words[at.index] ?? -1;
    }
    pair.value = row === null ? null : next;
  };
  return (
    <section aria-label="Attention" class="decoding-attention">
      <h3>Attention</h3>
      {meta !== null && (
        <div class="inline-fields">
          {meta.kinds.length > 1 && (
            <label class="inline">where
              <select value={kind ?? ''} onChange={(e) => { chooseAttention({ kind: e.currentTarget.value as MapKind, layer: null, head: null }); }}>
                {meta.kinds.map((k) => <option key={k} value={k}>{KINDS[k]}</option>)}
              </select>
            </label>
          )}
          {meta.layers.length > 1 && (
            <label class="inline">layer
              <select value={String(layer ?? '')} onChange={(e) => { chooseAttention({ kind, layer: e.currentTarget.value === '' ? null : Number(e.currentTarget.value), head: null }); }}>
                <option value="">mean of all</option>
                {meta.layers.map((l) => <option key={l} value={String(l)}>{l}</option>)}
              </select>
            </label>
          )}
          {meta.layer !== null && meta.heads > 1 && (
            <label class="inline">head
              <select value={String(head ?? '')} onChange={(e) => { chooseAttention({ kind, layer, head: e.currentTarget.value === '' ? null : Number(e.currentTarget.value) }); }}>
                <option value="">mean of all</option>
                {Array.from({ length: meta.heads }, (_, h) => <option key={h} value={String(h)}>{h}</option>)}
              </select>
            </label>
          )}
        </div>
      )}
      <Loaded of={attentionLoad} what="The attention" skeleton={<Skeleton lines={8} />}>
        {(found, at) => (
          <div class={at.state === 'loading' ? 'behind' : ''}>
            <AttentionMap meta={found.meta} values={found.values} head={found.meta.layer === null ? null : head} onPair={point} />
          </div>
        )}
      </Loaded>
      <p class="quiet">Where heads look is not what causes a word: a neuron's effect is seen by changing it.</p>
    </section>
  );
}

interface UnchosenProps {
  label: string;
  side: 'source' | 'target';
  view: TextView;
  marked?: readonly number[] | undefined;
  kind?: 'added' | 'removed';
  link?: boolean;
}

/** A text that is there to be read, not to be looked into. */
function Unchosen({ label, side, view, marked = [], kind = 'added', link = false }: UnchosenProps) {
  return (
    <p class="decoding-line source" data-text={label}>
      <span />
      <span class="line-label">{label}</span>
      <span class="decoding-text" {...written(view.text, side)}><Words view={view} link={link ? { item: HERE, side } : null} marked={marked} kind={kind} /></span>
    </p>
  );
}

function Found({ found }: { found: DecodingResult }) {
  const line = chosenLine.value;
  const unedited = compared.value;
  if (line === null) return null;
  return (
    <div onPointerOver={hoverTarget} onPointerLeave={hoverNothing}>
      {unedited !== null && <Unchosen label="unedited source" side="source" view={unedited.source.before} marked={unedited.source.removed} kind="removed" />}
      {unedited !== null && <Unchosen label={`its ${wordsOf(model.value?.task).output}`} side="target" view={unedited.output.before} marked={unedited.output.removed} kind="removed" />}
      <Unchosen label="source" side="source" view={found.source} marked={unedited?.source.added} link />
      <div role="radiogroup" aria-label="Line to look into" class="decoding-lines">
        {found.lines.map((one) => <Line key={one.kind} line={one} />)}
      </div>
      {found.warnings.map((text) => <p key={text} class="warning">{text}</p>)}
      {line.steps.length === 0 ? <Empty title="Nothing was written" /> : (
        <>
          <section aria-label="Alternatives">
            <h3>What could have stood there</h3>
            <Alternatives line={line} ends={found.ends} item={HERE} force={forceAt} />
          </section>
          {found.attention && <Attention source={found.source} target={line.view} />}
          <section aria-label="Beams">
            <h3>{line.tree.beams === 1 ? 'Greedy search holds one hypothesis; choose more beams to see a tree' : `What ${line.tree.beams} beams held`}</h3>
            <BeamTree line={line} force={forceIds} />
          </section>
        </>
      )}
    </div>
  );
}

/** Attention of a model that only reads: nothing is decoded. */
function Reading() {
  const changed = interventions.value.length > 0;
  return (
    <Sheet name="decoding" title="Attention within one text">
      {asked.value === null ? <Empty title="No sentence yet">Choose a sentence on the page first.</Empty> : (
        <>
          <AskedSentence />
          <div onPointerOver={hoverTarget} onPointerLeave={hoverNothing}>
            {read.value !== null && <Unchosen label="text" side="source" view={read.value} link />}
            {changed && (
              <div role="radiogroup" aria-label="Run to look into" class="inline-fields">
                {(['clean', 'changed'] as const).map((kind) => (
                  <label key={kind} class="inline" title={TITLES[kind]}>
                    <input type="radio" name="reading" checked={chosenReading.value === kind} onChange={() => { chooseLine(kind); }} />{NAMES[kind]}
                  </label>
                ))}
              </div>
            )}
            <Attention source={read.value} target={null} />
          </div>
        </>
      )}
    </Sheet>
  );
}

export function Decoding() {
  const load = decodingLoad.load.value;
  if (!decodes.value) return <Reading />;
  return (
    <Sheet name="decoding" title={`Decoding of one ${wordsOf(model.value?.task).output}`}>
      {asked.value === null ? <Empty title="No sentence yet">Choose a sentence on the page first.</Empty> : (
        <>
          <AskedSentence />
          <Forcing found={load.value} />
          <Loaded of={decodingLoad} what="The decoding" skeleton={<Skeleton lines={14} />}>
            {(found, at) => <div class={at.state === 'loading' ? 'behind' : ''}><Found found={found} /></div>}
          </Loaded>
        </>
      )}
    </Sheet>
  );
}
