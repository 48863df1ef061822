/** The tokens of the corpus that the model holds in states like that of a word. */
import { AskedSentence } from '../components/AskedSentence';
import { ShowSentence } from '../components/ShowSentence';
import { Empty, Loaded, Skeleton } from '../components/States';
import type { NearestResult, TextView } from '../api/types';
import { count, fixed, number } from '../lib/format';
import type { Near } from '../lib/slices';
import { wordsOf } from '../lib/task';
import { asked, near, nearestLoad, nearLayer, nearLayers, translates } from '../services/corpus';
import { lacksReferences, model } from '../services/project';
import { change, viewed } from '../services/store';
import { itemId, shown } from '../services/translations';
import { written } from '../services/writing';

function WordButtons({ view, side, label }: { view: TextView; side: Near['side']; label: string }) {
  const now = near.value;
  return (
    <>
      <span class="line-label">{label}</span>
      <p class="word-buttons" role="group" aria-label={`Words of the ${label}`} {...written(view.text, side)}>
        {view.words.map((word, i) => {
          const chosen = now.side === side && now.word === i;
          return [
            view.spaces[i] === true ? ' ' : '',
            <button key={i} type="button" class="plain" aria-pressed={chosen} onClick={() => { change({ near: `${side}.${i}` }); }}>{word}</button>,
          ];
        })}
      </p>
    </>
  );
}

function Texts() {
  const item = asked.value;
  const now = item === null ? undefined : shown.value.get(itemId(item));
  if (now === undefined) return <Skeleton lines={2} label="Translating" />;
  return (
    <div class="word-texts">
      <WordButtons view={now.source} side="source" label="source" />
      {translates.value && <WordButtons view={now.baseline.view} side="target" label={wordsOf(model.value?.task).output} />}
    </div>
  );
}

function Choice() {
  return (
    <div class="inline-fields">
      <label class="inline">layer
        <select aria-label="Layer whose states are compared" value={nearLayer.value} onChange={(e) => { change({ nearLayer: e.currentTarget.value }); }}>
          {nearLayers.value.map((l) => <option key={l.address} value={l.address}>{l.address}</option>)}
        </select>
      </label>
      <label class="inline">near by
        <select aria-label="What near means" value={viewed.nearMetric.value} onChange={(e) => { change({ nearMetric: e.currentTarget.value as 'cosine' | 'euclidean' }); }}>
          <option value="cosine">cosine</option>
          <option value="euclidean">Euclidean distance</option>
        </select>
      </label>
    </div>
  );
}

function Found({ found }: { found: NearestResult }) {
  const side = near.value.side;
  return (
    <>
      <p class="quiet" data-role="how">
        {found.exact
          ? `Compared with all ${count(found.compared)} tokens of the other sentences.`
          : `Approximate: an index was searched, ${count(found.compared)} of ${count(found.tokens)} tokens were compared; a nearer one may exist.`}
        {' '}One token of each sentence{side === 'target' ? `; those of the decoder as it writes the ${lacksReferences.value ? 'model\u2019s own translations' : 'references'}` : ''}.
      </p>
      {found.found.length === 0 ? <Empty title="Nothing to compare with">The corpus has no other sentence.</Empty> : (
        <ol class="corpus-sentences nearest" aria-label={`Tokens in states like that of \u201c${found.word}\u201d`}>
          {found.found.map((n) => (
            <li key={n.sentence}>
              <ShowSentence sentence={n.sentence} />
              <p {...written(n.words.join(' '), side)}>
                {n.words.map((word, i) => [n.spaces[i] === true ? ' ' : '', i === n.word ? <mark key={i}>{word}</mark> : word])}
              </p>
              <span class="numbers quiet">{found.metric === 'cosine' ? fixed(n.value, 3) : number(n.value)}</span>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

export function CorpusNearest() {
  return (
    <>
      <AskedSentence />
      <Texts />
      <Choice />
      <Loaded of={nearestLoad} what="The list of nearest tokens" skeleton={<Skeleton lines={8} />}>
        {(found, now) => <div class={now.state === 'loading' ? 'behind' : ''} data-role="nearest"><Found found={found} /></div>}
      </Loaded>
    </>
  );
}
