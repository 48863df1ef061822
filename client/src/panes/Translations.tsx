/** Source, clean translation, changed translation and reference of the sentences on the page. */
import { Fragment } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { computed } from '@preact/signals';
import { Empty, Failure, Loaded, Skeleton } from '../components/States';
import { Icon } from '../components/Icon';
import { MarkBar } from '../components/MarkBar';
import { OwnSentence } from '../components/OwnSentence';
import { Pager } from '../components/Pager';
import { Pane } from '../components/Pane';
import { compared, CopySource, isOwn, Mark, titleOf } from '../components/SentenceCopy';
import { SetBar } from '../components/SetBar';
import { Words } from '../components/Words';
import type { SetInfo } from '../api/types';
import { hasOutput, wordsOf, writes } from '../lib/task';
import { wordDifference } from '../lib/diff';
import { askWord } from '../services/attribution';
import { counterpart } from '../services/edits';
import { hoverNothing, hoverTarget } from '../services/hover';
import { beginMark, extendMark, marking, setMarking } from '../services/marking';
import { hasGold, model } from '../services/project';
import { openSheet } from '../services/rankings';
import { interventions, judging } from '../services/selection';
import {
  currentItem, items, page, revealed, sentencesLoad, setItem, type PageItem,
} from '../services/sentences';
import { setSlots } from '../services/sets';
import { change, viewed } from '../services/store';
import {
  failures, isBehind, isOfText, itemId, lastMilliseconds, retryTranslations, shown, underSet, type Shown,
} from '../services/translations';
import { written } from '../services/writing';

const HELP = (
  <>
    <p>
      Every sentence with its translation by the model as it is (<b>translation</b>), by the model with your
      interventions (<b>changed</b>), and by a person (<b>reference</b>). New words are marked in the changed
      translation, lost words are underlined in red in the clean one.
    </p>
    <p>Type any English sentence of your own; it is treated like the rest. Move between sentences with the up and down keys.</p>
    <p>
      <b>Edit</b> (the pencil, or the e key) opens a changed copy of a sentence below it: source and translation are compared
      with the sentence's, new words marked, lost words underlined in it; the activations show both and the difference.
    </p>
    <p>
      <b>Sets</b> keep what is applied under a name. Those that are shown stand under each sentence, with the words that differ
      from the clean translation; above the sentences is what each does to the score of the whole corpus.
    </p>
    <p><b>Who made this word?</b> asks every neuron what it did for a word: choose the word there, or double-click it in a translation.</p>
    <p><b>Decoding</b> shows of the current sentence what else could have stood at every step, where the model attends, and what the beams held; any word can be forced.</p>
    <p><b>Mark words</b>, single ones or stretches, and ask for the neurons that tell them from all other words of the corpus.</p>
  </>
);

const corpusFailure = computed(() => {
  const found = items.value.map((i) => (i.sentence === null ? undefined : failures.value.get(itemId(i))));
  return found.find((error) => error !== undefined && !isOfText(error)) ?? null;
});

function Label({ children }: { children: string }) {
  return <span class="line-label">{children}</span>;
}

function Changed({ item, now }: { item: PageItem; now: Shown }) {
  const active = interventions.value.length > 0;
  const { changed } = now;
  const behind = isBehind(item);
  // An unseen copy of the clean translation keeps the line as high as it will be, so that nothing
  // jumps when the first changed translation comes.
  return (
    <div class="stacked">
      <span class="ghost" aria-hidden="true">{now.baseline.view.text}</span>
      <span class={behind ? 'behind' : ''} {...(active && changed !== null ? written(changed.view.text, 'target') : {})} data-role="changed">
        {!active && !judging.value && <span class="quiet">no neuron is changed</span>}
        {(active ? changed === null : judging.value) && <span class="quiet">decoding</span>}
        {active && changed !== null && (
          <>
            <Words view={changed.view} link={null} marked={changed.changed} />
            {changed.changed.length === 0 && changed.view.text === now.baseline.view.text && (
              <span class="chip same">same</span>
            )}
            {changed.truncated && <span class="chip warn" title="Cut at the length limit before the model ended.">cut</span>}
          </>
        )}
      </span>
    </div>
  );
}

const noWords: number[] = [];

/** Ask who made the word of the clean translation that was clicked twice. */
function askAt(item: PageItem, event: MouseEvent): void {
  const word = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('[data-h]') : null;
  const index = Number(/\d+$/.exec(word?.dataset.h ?? '')?.[0] ?? NaN);
  if (marking.peek() || !writes(model.peek()?.task) || !Number.isFinite(index)) return;
  getSelection()?.removeAllRanges();
  askWord(item.key, index);
}

/** A sentence under one of the sets that are shown. */
function SetLine({ item, now, id, set }: { item: PageItem; now: Shown; id: string; set: SetInfo | null }) {
  const found = underSet(item, id);
  return (
    <>
      <span class="line-label set-label" title={set?.name}>{set?.name ?? 'set'}</span>
      <div class="line">
        <div class="stacked">
          <span class="ghost" aria-hidden="true">{now.baseline.view.text}</span>
          <span class={found?.behind === false ? '' : 'behind'} {...(found === null ? {} : written(found.output.view.text, 'target'))} data-role="set" data-set={id}>
            {found === null ? <span class="quiet">decoding</span> : (
              <>
                <Words view={found.output.view} link={null} marked={found.output.changed} />
                {found.output.view.text === now.baseline.view.text && <span class="chip same">same</span>}
                {found.output.truncated && <span class="chip warn" title="Cut at the length limit before the model ended.">cut</span>}
              </>
            )}
          </span>
        </div>
      </div>
    </>
  );
}

function Lines({ item, now }: { item: PageItem; now: Shown }) {
  const active = interventions.value.length > 0 && now.changed !== null;
  const differs = compared(item, now);
  const copy = item.copyOf !== null;
  const lost = differs !== null ? differs.target : active && now.changed !== null
    ? wordDifference(now.baseline.view.words, now.changed.view.words).removed
    : noWords;
  const id = itemId(item);
  const source = (
    <>
      <Label>source</Label>
      <div class="line" {...written(now.source.text, 'source')} data-role="source">
        <Words view={now.source} link={{ item: id, side: 'source' }} marked={differs?.source ?? noWords} kind={copy ? 'added' : 'removed'} />
        {copy && differs !== null && now.source.text === counterpart(item)?.shown?.source.text && <span class="chip same">same</span>}
      </div>
    </>
  );
  if (!hasOutput(model.value?.task)) return source;
  return (
    <>
      {source}
      <Label>{wordsOf(model.value?.task).output}</Label>
      <div
        class="line"
        {...written(now.baseline.view.text, 'target')}
        data-role="baseline"
        onDblClick={(e) => { askAt(item, e); }}
      >
        <Words view={now.baseline.view} link={{ item: id, side: 'target' }} marked={lost} kind={copy ? 'added' : 'removed'} />
        {copy && differs !== null && now.baseline.view.text === counterpart(item)?.shown?.baseline.view.text && <span class="chip same">same</span>}
        {now.baseline.truncated && <span class="chip warn" title="Cut at the length limit before the model ended.">cut</span>}
      </div>
      <Label>changed</Label>
      <div class="line">
        <Changed item={item} now={now} />
      </div>
      {setSlots.value.map(({ id: of, set }) => <SetLine key={of} item={item} now={now} id={of} set={set} />)}
    </>
  );
}

function Block({ item }: { item: PageItem }) {
  const id = itemId(item);
  const now = shown.value.get(id);
  const failure = failures.value.get(id);
  const current = currentItem.value === item.key;
  const ref = useRef<HTMLElement>(null);
  useEffect(() => {
    if (current && revealed.value > 0) ref.current?.scrollIntoView({ block: 'nearest' });
  }, [current, revealed.value]);
  return (
    <article
      ref={ref}
      class={`sentence ${current ? 'current' : ''} ${item.copyOf === null ? '' : 'copy'}`}
      aria-current={current}
      aria-label={titleOf(item)}
      data-item={item.key}
      onClick={() => {
        setItem(item.key);
      }}
    >
      <Mark item={item} />
      <div class="lines">
        {item.copyOf !== null && <><Label>edit</Label><CopySource item={item} of={item.copyOf} /></>}
        {now !== undefined && <Lines item={item} now={now} />}
        {now === undefined && (
          <>
            <Label>source</Label>
            <div class="line" {...written(item.text, 'source')}>{item.text.slice(0, 600)}{item.text.length > 600 && ' …'}</div>
            {failure === undefined && hasOutput(model.value?.task) && (
              <>
                <Label>{wordsOf(model.value?.task).output}</Label>
                <Skeleton lines={1} label="Translating" />
                <Label>changed</Label>
                <div class="line">{'\u00a0'}</div>
                {setSlots.value.map(({ id: of, set }) => <Fragment key={of}><Label>{set?.name ?? 'set'}</Label><div class="line">{'\u00a0'}</div></Fragment>)}
              </>
            )}
          </>
        )}
        {item.corpus !== null && hasGold.value && (model.value?.task !== 'language-modelling' || item.corpus.reference.text !== item.text) && (
          <>
            <Label>{wordsOf(model.value?.task).gold}</Label>
            <div class="line reference" {...written(item.corpus.reference.text, 'target')}>
              <Words view={item.corpus.reference} link={{ item: id, side: 'reference' }} />
            </div>
          </>
        )}
        {now?.warnings.map((text) => <p key={text} class="warning">{text}</p>)}
        {failure !== undefined && (item.sentence === null || isOfText(failure)) && (
          <Failure error={failure} what="This sentence could not be translated" retry={retryTranslations} />
        )}
      </div>
    </article>
  );
}

function Actions() {
  return (
    <>
      {writes(model.value?.task) && <button type="button" class="small" data-opens="why" onClick={() => { openSheet('why'); }}>Who made this word?</button>}
      {!writes(model.value?.task) && <button type="button" class="small" data-opens="decoding" title="Where each token of the text looks" onClick={() => { openSheet('decoding'); }}>Attention</button>}
      {writes(model.value?.task) && <button type="button" class="small" data-opens="decoding" title="Attention, alternatives, beams and forced words of the sentence" onClick={() => { openSheet('decoding'); }}>Decoding</button>}
      {writes(model.value?.task) && (
        <label class="inline">
          beams
          <select aria-label="Beams of the search" value={String(viewed.beams.value)} onChange={(e) => { change({ beams: Number(e.currentTarget.value) }, { push: true }); }}>
            {[1, 2, 3, 4, 5, ...(viewed.beams.value > 5 ? [viewed.beams.value] : [])].map((n) => <option key={n} value={String(n)}>{n === 1 ? '1, greedy' : n}</option>)}
          </select>
        </label>
      )}
      <button type="button" class="small" aria-pressed={marking.value} title="Mark words and find the neurons that tell them from all others" onClick={() => { setMarking(!marking.value); }}>Mark words</button>
      <button type="button" class="plain tiny" aria-pressed={viewed.wrap.value} aria-label="Wrap long lines" title="Wrap long lines" onClick={() => { change({ wrap: !viewed.wrap.value }); }}>
        <Icon name="wrap" />
      </button>
    </>
  );
}

export function Translations() {
  const failure = corpusFailure.value;
  const ms = lastMilliseconds.value;
  return (
    <Pane
      id="translations"
      title={wordsOf(model.value?.task).pane}
      help={HELP}
      note={ms === null ? undefined : <span class="quiet numbers" title="Time the server took for the last decode">{Math.round(ms)} ms</span>}
      actions={<Actions />}
      footer={<Pager />}
    >
      <OwnSentence />
      <MarkBar />
      <SetBar />
      {!hasOutput(model.value?.task) && (
        <p class="quiet no-output">
          This model reads only. Its neurons can be painted, ranked and named, and its attention looked at; it has no output, so
          what a changed neuron does cannot be seen here or scored. The same network with a head, a classifier say, would show it.
        </p>
      )}
      <div
        class={`scroll sentences ${viewed.sets.value.length > 0 ? 'with-sets' : ''} ${viewed.wrap.value ? '' : 'nowrap'} ${marking.value ? 'marking' : ''}`}
        onPointerOver={(e) => {
          hoverTarget(e);
          extendMark(e);
        }}
        onPointerDown={beginMark}
        onPointerLeave={hoverNothing}
      >
        {failure !== null && <Failure error={failure} what="The sentences could not be translated" retry={retryTranslations} />}
        {items.value.filter(isOwn).map((item) => <Block key={`${item.copyOf ?? ''}${item.copyOf === null ? itemId(item) : ''}`} item={item} />)}
        <Loaded of={sentencesLoad} what="The corpus" skeleton={<Skeleton lines={12} />}>
          {(_, load) => (
            <div class={load.state === 'loading' ? 'behind' : ''}>
              {page.value?.sentences.length === 0 && (
                <Empty title="No sentence matches">Clear the search, or choose all parts of the corpus.</Empty>
              )}
              {items.value.filter((i) => !isOwn(i)).map((item) => <Block key={item.key} item={item} />)}
            </div>
          )}
        </Loaded>
      </div>
    </Pane>
  );
}
