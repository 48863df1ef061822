/** One neuron: statistics, histogram, what explains it, its words and its places in the corpus. */
import { computed, signal } from '@preact/signals';
import type { Context, NeuronInfo, WordScore } from '../api/types';
import { HistogramChart } from '../components/HistogramChart';
import { Icon } from '../components/Icon';
import { Partners } from '../components/Partners';
import { WhatIs } from '../components/WhatIs';
import { Empty, Loaded, Skeleton } from '../components/States';
import { Pane } from '../components/Pane';
import { binClass, binOf, Z_LIMIT } from '../lib/colour';
import { count, number, percent, signedFixed } from '../lib/format';
import { neuronLoad } from '../services/neuron';
import { focus } from '../services/ranking';
import { add, isSelected, notes, remove } from '../services/selection';
import { showSentence } from '../services/sentences';
import { written } from '../services/writing';
import { standing, stepNeuron } from '../services/walking';

const HELP = (
  <>
    <p>What this neuron does on the whole corpus. <b>Position</b> and <b>word</b> say how much of its variance the position in the sentence, or the word itself, explains (Bau et al. 2019, Table 1).</p>
    <p><b>Top words</b>: sum of standard scores of a word, divided by its count plus four, so that rare words do not win by chance. <b>Frequent</b>: mean absolute standard score. <b>Contexts</b>: the places where the value is highest and lowest; choose one to go to its sentence.</p>
    <p><b>What is this neuron?</b> The concept, out of a bank of some hundred, that the neuron answers to most on one half of the sentences; the numbers are of the other half. <b>In other models</b>: the neuron that it correlates with most, as a cross-model ranking found it, both over the current sentence.</p>
  </>
);

type WordList = 'top' | 'frequent';
const list = signal<WordList>('top');

function Statistics({ info }: { info: NeuronInfo }) {
  const rows: [string, string][] = [
    ['mean', number(info.mean)],
    ['sd', number(info.deviation)],
    ['minimum', number(info.minimum)],
    ['maximum', number(info.maximum)],
    ['skewness', number(info.skewness)],
    ['kurtosis', number(info.kurtosis)],
  ];
  return (
    <dl class="statistics">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class="numbers">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Badges({ info }: { info: NeuronInfo }) {
  const shares: [string, number | null][] = [['position', info.position_variance], ['word', info.word_variance]];
  return (
    <div class="badges">
      {shares.map(([name, value]) => (
        <span key={name} class={`badge ${value !== null && value >= 0.5 ? 'strong' : ''}`} title={`Share of the variance that the ${name} explains`}>
          {name} <b class="numbers">{value === null ? 'n/a' : percent(value)}</b>
        </span>
      ))}
      <span class="quiet numbers">{count(info.count)} tokens of the {info.text === 'translation' ? 'model\u2019s own translations' : info.text}</span>
    </div>
  );
}

function Words({ title, words, most }: { title: string; words: WordScore[]; most: number }) {
  return (
    <div class="word-list">
      <h3>{title}</h3>
      {words.length === 0 && <p class="quiet">none</p>}
      <ol>
        {words.slice(0, 10).map((w) => (
          <li key={w.word} title={`mean ${number(w.mean)}, ${count(w.count)} times`}>
            <span class="word-text"><bdi>{w.word}</bdi></span>
            <span class="word-bar">
              <span class={w.score < 0 ? 'negative' : 'positive'} style={{ inlineSize: `${Math.min(100, (100 * Math.abs(w.score)) / (most || 1))}%` }} />
            </span>
            <span class="numbers">{signedFixed(w.score, 2)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

function WordLists({ info }: { info: NeuronInfo }) {
  const largest = (lists: WordScore[][]) => lists.flat().reduce((m, w) => Math.max(m, Math.abs(w.score)), 0);
  const both = largest([info.top_words.slice(0, 10), info.bottom_words.slice(0, 10)]);
  return (
    <div class="words-part">
      <div class="tabs" role="group" aria-label="Words">
        <button type="button" class="small" aria-pressed={list.value === 'top'} onClick={() => { list.value = 'top'; }}>top and bottom</button>
        <button type="button" class="small" aria-pressed={list.value === 'frequent'} onClick={() => { list.value = 'frequent'; }}>frequent</button>
      </div>
      {list.value === 'top' ? (
        <div class="two">
          <Words title="Top words, by size" words={info.top_words} most={both} />
          <Words title="Bottom words" words={info.bottom_words} most={both} />
        </div>
      ) : (
        <Words title="Mean |z|" words={info.frequent_words} most={largest([info.frequent_words])} />
      )}
    </div>
  );
}

const REACH = 7;

function Snippet({ context, info }: { context: Context; info: NeuronInfo }) {
  const first = Math.max(0, context.word - REACH);
  const last = Math.min(context.words.length, context.word + REACH + 1);
  const limit = Z_LIMIT * info.deviation;
  return (
    <li>
      <button type="button" class="context" onClick={() => { showSentence(context.sentence); }} title={`Go to sentence ${context.sentence + 1}`}>
        <span class="numbers quiet">{signedFixed(context.value, 2)}</span>
        <span class="snippet" {...written(context.words.join(' '), info.text === 'source' ? 'source' : 'target')}>
          {first > 0 && '\u2026 '}
          {context.words.slice(first, last).flatMap((word, i) => {
            const at = first + i;
            const value = context.values[at] ?? NaN;
            const span = (
              <span key={at} class={binClass(binOf(value - info.mean, limit))} data-top={at === context.word ? '' : undefined}>{word}</span>
            );
            return i > 0 && context.spaces[at] === true ? [' ', span] : [span];
          })}
          {last < context.words.length && ' \u2026'}
        </span>
      </button>
    </li>
  );
}

function Contexts({ title, contexts, info }: { title: string; contexts: Context[]; info: NeuronInfo }) {
  return (
    <div class="contexts">
      <h3>{title}</h3>
      {contexts.length === 0 && <p class="quiet">none</p>}
      <ul>
        {contexts.slice(0, 8).map((c) => <Snippet key={`${c.sentence}.${c.word}`} context={c} info={info} />)}
      </ul>
    </div>
  );
}

function Head() {
  const address = focus.value;
  const on = isSelected(address);
  const note = notes.value.find((n) => n.address === address);
  return (
    <div class="neuron-head">
      <div class="neuron-name">
        <span class="address" data-role="focus">{address}</span>
        <button type="button" class="small square" aria-label="Previous neuron of the ranking" onClick={() => { stepNeuron(-1); }}><Icon name="left" /></button>
        <button type="button" class="small square" aria-label="Next neuron of the ranking" onClick={() => { stepNeuron(1); }}><Icon name="right" /></button>
        <button type="button" class={on ? 'small' : 'small primary'} onClick={() => { if (on) remove(address); else add(address); }}>{on ? 'Remove' : 'Select'}</button>
      </div>
      <p class="quiet" data-role="standing">{standing.value}</p>
      {note !== undefined && <p class="note">{note.note}</p>}
    </div>
  );
}

/** Why nothing is known of a neuron that is there: its layer was not recorded. */
const unrecorded = computed<string | null>(() => {
  const now = neuronLoad.load.value;
  return now.state === 'error' && now.error?.code === 'not_recorded' ? now.error.message : null;
});

export function Neuron() {
  return (
    <Pane id="neuron" title="Neuron" help={HELP}>
      {focus.value === '' ? (
        <Empty title="No neuron chosen">Choose one in the list.</Empty>
      ) : (
        <>
          <Head />
          {unrecorded.value !== null ? (
            <Empty title="Only what is on the screen">{unrecorded.value} It can be painted, switched off and turned all the same.</Empty>
          ) : <Loaded of={neuronLoad} what="What is known of this neuron" skeleton={<Skeleton lines={9} />}>
            {(info, load) => (
              <div class={`scroll neuron-info ${load.state === 'loading' ? 'behind' : ''}`} data-neuron={info.address} tabIndex={0} role="group" aria-label="What is known of this neuron">
                <WhatIs />
                <Badges info={info} />
                <Statistics info={info} />
                <HistogramChart info={info} />
                <Partners />
                <WordLists info={info} />
                <Contexts title="Highest" contexts={info.highest} info={info} />
                <Contexts title="Lowest" contexts={info.lowest} info={info} />
              </div>
            )}
          </Loaded>}
        </>
      )}
    </Pane>
  );
}
