/** An edit tried on the whole corpus: how often it does the same, and what it breaks elsewhere. */
import { useState } from 'preact/hooks';
import type { InterventionBody, TryResult } from '../api/types';
import { count, fixed, percent, pValue, signedFixed } from '../lib/format';
import { isFinal } from '../lib/jobs';
import { model } from '../services/project';
import { setsError, triedWith, tryEdit, working } from '../services/sets';
import { Failure, JobProgress } from './States';

function Examples({ title, examples }: { title: string; examples: TryResult['turned_examples'] }) {
  if (examples.length === 0) return null;
  const to = { dir: model.value?.target_direction, lang: model.value?.target_language };
  return (
    <details class="tried-examples">
      <summary>{title}</summary>
      <ul>
        {examples.map((e) => (
          <li key={e.source}>
            <span class="quiet" dir={model.value?.source_direction} lang={model.value?.source_language}>{e.source}</span>
            <span {...to}>{e.before}</span>
            <span {...to}>{'\u2192'} <b>{e.after}</b></span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Found({ found }: { found: TryResult }) {
  const rate = (part: number, of: number) => (of === 0 ? 'none' : `${count(part)} of ${count(of)} (${percent(part / of)})`);
  return (
    <div data-role="tried">
      <table class="tried">
        <tbody>
          <tr><th scope="row">{'\u201c'}{found.word}{'\u201d'} became {'\u201c'}{found.wanted}{'\u201d'}</th><td class="numbers">{rate(found.turned, found.with_word)}</td><td class="quiet">of the sentences translated with it</td></tr>
          <tr><th scope="row">changed, but not so</th><td class="numbers">{rate(found.changed_otherwise, found.with_word)}</td><td class="quiet">of these</td></tr>
          <tr><th scope="row">changed elsewhere</th><td class="numbers">{rate(found.changed_elsewhere, found.without_word)}</td><td class="quiet">of the sentences without it: what the edit breaks</td></tr>
          {([['BLEU', found.bleu], ['chrF', found.chrf]] as const).map(([name, m]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="numbers">{fixed(m.baseline)} {'\u2192'} {fixed(m.value)}</td>
              <td class="numbers" title={m.signature}>{signedFixed(m.change)}{m.p_value === null ? '' : `, ${pValue(m.p_value)}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Examples title={`Sentences that it turned (${count(found.turned_examples.length)} shown)`} examples={found.turned_examples} />
      <Examples title={`Sentences that changed otherwise (${count(found.broken_examples.length)} shown)`} examples={found.broken_examples} />
    </div>
  );
}

/** Which word should become which, and what came out of it. */
export function TryOut({ edits, word = '', wanted = '' }: { edits: readonly InterventionBody[]; word?: string; wanted?: string }) {
  const known = triedWith(edits)?.found;
  const [from, setFrom] = useState(known?.word ?? word);
  const [to, setTo] = useState(known?.wanted ?? wanted);
  const now = triedWith(edits);
  const running = now !== null && !isFinal(now.job);
  return (
    <div class="try-out">
      <form class="inline-fields" onSubmit={(e) => { e.preventDefault(); void tryEdit(edits, from.trim(), to.trim()); }}>
        <label class="inline">turns the word <input type="text" class="short-word" maxLength={100} value={from} onInput={(e) => { setFrom(e.currentTarget.value); }} /></label>
        <label class="inline">into <input type="text" class="short-word" maxLength={100} value={to} onInput={(e) => { setTo(e.currentTarget.value); }} /></label>
        <button type="submit" disabled={working.value || running || from.trim() === '' || to.trim() === '' || edits.length === 0}>Try it on the whole corpus</button>
      </form>
      {setsError.value !== null && <Failure error={setsError.value.error} what={setsError.value.what} dismiss={() => { setsError.value = null; }} />}
      {now !== null && now.job.state !== 'done' && <JobProgress job={now.job} compact />}
      {now !== null && now.found !== null && <Found found={now.found} />}
    </div>
  );
}
