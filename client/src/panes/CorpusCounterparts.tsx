/** The most similar sentences of the corpus that come out otherwise than the one looked at. */
import { Fragment } from 'preact';
import { AskedSentence } from '../components/AskedSentence';
import { NotTranslated } from '../components/NotTranslated';
import { ShowSentence } from '../components/ShowSentence';
import { Empty, Loaded, Skeleton } from '../components/States';
import { Turned, Written } from '../components/Written';
import type { CounterpartsResult } from '../api/types';
import { count, fixed } from '../lib/format';
import { outcomesOf, writeOutcome, type OutcomeKind } from '../lib/slices';
import { askAbout, counterpartsLoad, labelsLoad, outcome, translates, unasked } from '../services/corpus';
import { model } from '../services/project';
import { interventions } from '../services/selection';
import { change, viewed } from '../services/store';

const WHAT: Record<string, string> = { 'translation': 'the translation', 'language-modelling': 'the text', 'encoding': 'the text' };

/** Outcomes that are counted on the screen; of combinations of values there can be many. */
const MOST_OUTCOMES = 8;

function Choice() {
  const now = outcome.value;
  const labels = labelsLoad.load.value.value;
  const named = now.kind === 'label'
    ? (labels?.reference ?? []).filter((l) => l.kind === 'annotation').map((l) => [l.name, l.title] as const)
    : (labels?.source ?? []).filter((l) => l.kind === 'column').map((l) => [l.name.slice('column:'.length), l.title] as const);
  const choose = (kind: OutcomeKind, name: string) => { change({ outcome: writeOutcome({ kind, name }) }); };
  return (
    <div class="inline-fields">
      <label class="inline">{WHAT[model.value?.task ?? ''] ?? 'what the model gives'}
        <select aria-label="Outcome that is looked at" value={now.kind} onChange={(e) => { choose(e.currentTarget.value as OutcomeKind, ''); }}>
          {outcomesOf(model.value?.task).map(([kind, title]) => <option key={kind} value={kind} disabled={kind === 'changed' && interventions.value.length === 0}>{title}</option>)}
        </select>
      </label>
      {now.kind === 'contains' && (
        <input type="text" aria-label={translates.value ? 'Word that the translation contains' : 'Class that is given'} maxLength={200} dir={now.name === '' ? undefined : 'auto'} value={now.name} onInput={(e) => { choose('contains', e.currentTarget.value); }} />
      )}
      {(now.kind === 'label' || now.kind === 'column') && (
        <select aria-label="Label that is looked at" value={now.name} onChange={(e) => { choose(now.kind, e.currentTarget.value); }}>
          <option value="">{named.length === 0 ? 'there is none' : 'choose a label'}</option>
          {named.map(([name, title]) => <option key={name} value={name}>{title}</option>)}
        </select>
      )}
      <label class="inline">similar by
        <select aria-label="What similar means" value={viewed.alike.value} onChange={(e) => { change({ alike: e.currentTarget.value as 'states' | 'chrf' }); }}>
          <option value="states">mean states (cosine)</option>
          <option value="chrf">the source's characters (chrF)</option>
        </select>
      </label>
    </div>
  );
}

function Found({ found }: { found: CounterpartsResult }) {
  const states = found.layer !== null;
  const shown = (clean: string, changed: string | null) => (changed === null || changed === clean
    ? <Written text={clean} side="target" />
    : <Turned before={clean}><Written text={changed} side="target" /></Turned>);
  return (
    <>
      <section class="asked-about">
        <p><b><Written text={found.source} side="source" /></b></p>
        <p>{shown(found.clean, found.changed)} <span class="chip"><bdi>{found.outcome}</bdi></span></p>
      </section>
      <p class="quiet">
        In the corpus: {found.outcomes.slice(0, MOST_OUTCOMES).map((o, i) => <Fragment key={o.outcome}>{i > 0 && ', '}<span class="outcome"><span class="chip"><bdi>{o.outcome}</bdi></span> {count(o.sentences)}</span></Fragment>)}
        {found.outcomes.length > MOST_OUTCOMES && ` and ${count(found.outcomes.length - MOST_OUTCOMES)} more`}.
        {states && ` Similar is the cosine of the mean states of ${found.layer}.`}
      </p>
      {found.found.length === 0 ? <Empty title="No such sentence">All sentences of the corpus come out like this one.</Empty> : (
        <ol class="corpus-sentences" aria-label="Similar sentences with another outcome">
          {found.found.map((c) => (
            <li key={c.sentence}>
              <ShowSentence sentence={c.sentence} />
              <div>
                <p><Written text={c.source} side="source" /> <span class="quiet numbers">{states ? fixed(c.similarity, 3) : `chrF ${fixed(c.similarity)}`}</span></p>
                <p>{shown(c.clean, c.changed)} <span class="chip"><bdi>{c.outcome}</bdi></span></p>
              </div>
              <button type="button" class="small" onClick={() => { askAbout(c.sentence); }}>ask about it<span class="unseen">, sentence {c.sentence + 1}</span></button>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

export function CorpusCounterparts() {
  const load = counterpartsLoad.load.value;
  return (
    <>
      <AskedSentence />
      <Choice />
      {unasked.value !== null && <Empty title="Choose an outcome">{unasked.value}</Empty>}
      {unasked.value === null && load.error?.code === 'not_scored' && <NotTranslated what="Outcomes are" />}
      {unasked.value === null && load.error?.code !== 'not_scored' && (
        <Loaded of={counterpartsLoad} what="The list of similar sentences" skeleton={<Skeleton lines={8} />}>
          {(found, now) => <div class={now.state === 'loading' ? 'behind' : ''} data-role="counterparts"><Found found={found} /></div>}
        </Loaded>
      )}
    </>
  );
}
