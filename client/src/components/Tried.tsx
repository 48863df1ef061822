/** An edit tried on the whole corpus: how often it does the same, and what it breaks elsewhere. */
import { useEffect } from 'preact/hooks';
import type { Holding, InterventionBody, TryResult } from '../api/types';
import { count, percent, pValue } from '../lib/format';
import { differenceText, metricTitle, scoreText } from '../lib/metrics';
import { isFinal } from '../lib/jobs';
import { type Label, labelValues, sentenceLabels, triedLabel, trying } from '../services/labels';
import { readTrial, writeTrial, type Trial } from '../lib/trial';
import { isolated } from '../lib/writing';
import { unscorable } from '../services/project';
import { setsError, triedWith, tryEdit, working } from '../services/sets';
import { change, viewed } from '../services/store';
import { written } from '../services/writing';
import { Doubts, Failure, JobProgress } from './States';
import { Written } from './Written';

function Examples({ title, examples }: { title: string; examples: TryResult['turned_examples'] }) {
  if (examples.length === 0) return null;
  return (
    <details class="tried-examples">
      <summary>{title}</summary>
      <ul>
        {examples.map((e) => (
          <li key={e.source}>
            <span class="quiet" {...written(e.source, 'source')}>{e.source}</span>
            <span {...written(e.before, 'target')}>{e.before}</span>
            <span>{'\u2192'} <b><Written text={e.after} side="target" /></b></span>
          </li>
        ))}
      </ul>
    </details>
  );
}

const SIDES = { source: 'the source', reference: 'the reference' };

const titleOf = (label: string) => label.replace(/^column:/, '');

/** Sentences in which a property holds, in words. */
function saidHolding({ side, label, value }: Holding): string {
  return label.startsWith('column:') ? `${titleOf(label)}=${value}` : `a word of ${SIDES[side]} has ${label}=${value}`;
}

/** A property of sentences: a label and one of its values. */
function HoldingChoice({ value, change }: { value: Holding | null; change: (to: Holding | null) => void }) {
  const { words, sentences } = sentenceLabels.value;
  const name = (l: Label) => `${l.side} ${l.name}`;
  const all = [...words, ...sentences];
  const chosen = value === null ? '' : name({ side: value.side, name: value.label });
  const values = value === null ? [] : (labelValues({ side: value.side, name: value.label }) ?? []);
  useEffect(() => {
    trying.value = true;
    return () => { trying.value = false; triedLabel.value = null; };
  }, []);
  useEffect(() => {
    triedLabel.value = value === null ? null : { side: value.side, name: value.label };
  }, [chosen]);
  const options = (labels: Label[]) => labels.map((l) => <option key={name(l)} value={name(l)}>{titleOf(l.name)}</option>);
  return (
    <>
      <label class="inline">where{' '}
        <select
          aria-label="Property of the sentences that it is meant for"
          value={chosen}
          onChange={(e) => {
            const at = all.find((l) => name(l) === e.currentTarget.value);
            change(at === undefined ? null : { side: at.side, label: at.name, value: '' });
          }}
        >
          <option value="">the word is</option>
          {value !== null && !all.some((l) => name(l) === chosen) && <option value={chosen}>{titleOf(value.label)}</option>}
          {(['source', 'reference'] as const).map((side) => {
            const own = words.filter((l) => l.side === side);
            return own.length > 0 && <optgroup key={side} label={`a word of ${SIDES[side]} has`}>{options(own)}</optgroup>;
          })}
          {sentences.length > 0 && <optgroup label="the sentence has">{options(sentences)}</optgroup>}
        </select>
      </label>
      {value !== null && (
        <label class="inline">={' '}
          <select aria-label="Value of the property" value={value.value} onChange={(e) => { change({ ...value, value: e.currentTarget.value }); }}>
            <option value="">choose</option>
            {value.value !== '' && !values.some((v) => v.name === value.value) && <option value={value.value}>{value.value}</option>}
            {values.map((v) => <option key={v.name} value={v.name}>{isolated(v.name)} ({count(v.words)})</option>)}
          </select>
        </label>
      )}
    </>
  );
}

function Found({ found }: { found: TryResult }) {
  const { holding } = found;
  const rate = (part: number, of: number) => (of === 0 ? 'none' : `${count(part)} of ${count(of)} (${percent(part / of)})`);
  return (
    <div data-role="tried">
      <Doubts texts={found.warnings} />
      <table class="tried">
        <tbody>
          <tr><th scope="row">{'\u201c'}<bdi>{found.word}</bdi>{'\u201d'} became {'\u201c'}<bdi>{found.wanted}</bdi>{'\u201d'}</th><td class="numbers">{rate(found.turned, found.with_word)}</td><td class="quiet">of the sentences translated with it{holding !== null && ` in which ${saidHolding(holding)}`}</td></tr>
          <tr><th scope="row">changed, but not so</th><td class="numbers">{rate(found.changed_otherwise, found.with_word)}</td><td class="quiet">of these</td></tr>
          <tr><th scope="row">changed elsewhere</th><td class="numbers">{rate(found.changed_elsewhere, found.without_word)}</td><td class="quiet">of {holding === null ? 'the sentences without it' : 'all other sentences'}: what the edit breaks</td></tr>
          {holding !== null && (
            <tr><th scope="row">of these, turned all the same</th><td class="numbers">{rate(found.turned_elsewhere ?? 0, found.word_elsewhere ?? 0)}</td><td class="quiet">of the sentences translated with it in which that does not hold (it holds in {count(found.sentences_holding ?? 0)} of {count(found.sentences)})</td></tr>
          )}
          {Object.entries(found.metrics).map(([name, m]) => (
            <tr key={name}>
              <th scope="row">{metricTitle(name)}</th>
              <td class="numbers">{scoreText(m.baseline, m.logarithmic)} {'\u2192'} {scoreText(m.value, m.logarithmic)}</td>
              <td class="numbers" title={m.signature}>{differenceText(m.change, m.logarithmic)}{m.p_value === null ? '' : `, ${pValue(m.p_value)}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="quiet">{found.beams === 1 ? 'Decoded greedily.' : `Decoded with ${found.beams} beams.`}</p>
      <Examples title={`Sentences that it turned (${count(found.turned_examples.length)} shown)`} examples={found.turned_examples} />
      <Examples title={`Sentences that changed otherwise (${count(found.broken_examples.length)} shown)`} examples={found.broken_examples} />
    </div>
  );
}

/** Which word should become which, and what came out of it. */
export function TryOut({ edits, word = '', wanted = '' }: { edits: readonly InterventionBody[]; word?: string; wanted?: string }) {
  const now = triedWith(edits);
  const known = now?.found;
  const typed = viewed.trial.value === '' ? null : readTrial(viewed.trial.value);
  const { word: from, wanted: to, holding } = typed ?? { word: known?.word ?? word, wanted: known?.wanted ?? wanted, holding: known?.holding ?? null };
  const set = (patch: Partial<Trial>) => { change({ trial: writeTrial({ word: from, wanted: to, holding, ...patch }) }); };
  const running = now !== null && !isFinal(now.job);
  const lacking = unscorable.value ?? (edits.length === 0 ? null : from.trim() === '' || to.trim() === '' ? 'Name the word, and what it should become.'
    : holding?.value === '' ? 'Choose a value of the property.' : null);
  return (
    <div class="try-out">
      <form class="inline-fields" onSubmit={(e) => { e.preventDefault(); void tryEdit(edits, from.trim(), to.trim(), holding); }}>
        <label class="inline">turns the word <input type="text" class="short-word" dir="auto" maxLength={100} value={from} onInput={(e) => { set({ word: e.currentTarget.value }); }} /></label>
        <label class="inline">into <input type="text" class="short-word" dir="auto" maxLength={100} value={to} onInput={(e) => { set({ wanted: e.currentTarget.value }); }} /></label>
        <HoldingChoice value={holding} change={(property) => { set({ holding: property }); }} />
        <button type="submit" disabled={lacking !== null || working.value || running || edits.length === 0}>Try it on the whole corpus</button>
        {lacking !== null && <span class="quiet">{lacking}</span>}
      </form>
      {setsError.value !== null && <Failure error={setsError.value.error} what={setsError.value.what} dismiss={() => { setsError.value = null; }} />}
      {now !== null && now.job.state !== 'done' && <JobProgress job={now.job} compact />}
      {now !== null && now.found !== null && <Found found={now.found} />}
    </div>
  );
}
