/** Who made this word? Estimated and true effects of neurons on a word of the translation. */
import { signal } from '@preact/signals';
import { Bars } from '../components/Charts';
import { Empty, Loaded, Skeleton } from '../components/States';
import { Icon } from '../components/Icon';
import { Sheet } from '../components/Sheet';
import type { AttributionResult } from '../api/types';
import { count, fixed, signed } from '../lib/format';
import { alternative, asked, attributionLoad, baseline, chosenWord, counterfactual, word, type Baseline } from '../services/attribution';
import { openSheet } from '../services/rankings';
import { add, focusOn, isSelected } from '../services/selection';
import { model } from '../services/project';

const typedAlternative = signal('');
const typedCounterfactual = signal('');

function Question() {
  const now = asked.value;
  if (now === null) return <Empty title="No translation yet">Choose a sentence on the page first.</Empty>;
  return (
    <section class="why-question">
      <p dir={model.value?.source_direction} lang={model.value?.source_language}>{now.source}</p>
      <div class="why-words" role="radiogroup" aria-label="Word of the translation" dir={model.value?.target_direction} lang={model.value?.target_language}>
        {now.view.words.map((text, i) => (
          <label key={i} class={chosenWord.value === i ? 'chosen' : ''}>
            <input type="radio" name="why-word" class="unseen" checked={chosenWord.value === i} onChange={() => { word.value = i; }} />
            {text}
          </label>
        ))}
      </div>
      <form
        class="inline-fields"
        onSubmit={(e) => {
          e.preventDefault();
          alternative.value = typedAlternative.value;
          counterfactual.value = typedCounterfactual.value.trim();
        }}
      >
        <label class="inline">rather than
          <input type="text" placeholder="another word, if you like" maxLength={100} value={typedAlternative.value} onInput={(e) => { typedAlternative.value = e.currentTarget.value; }} onBlur={() => { alternative.value = typedAlternative.value; }} />
        </label>
        <label class="inline">if the neuron had
          <select value={baseline.value} onChange={(e) => { baseline.value = e.currentTarget.value as Baseline; }}>
            <option value="mean">its mean</option>
            <option value="zero">zero</option>
            <option value="counterfactual">its value in another sentence</option>
          </select>
        </label>
        {baseline.value === 'counterfactual' && (
          <input type="text" class="long" aria-label="The other sentence" placeholder="a sentence like this one, such as with She for He" maxLength={2000} value={typedCounterfactual.value} onInput={(e) => { typedCounterfactual.value = e.currentTarget.value; }} />
        )}
        <button type="submit">Ask</button>
      </form>
    </section>
  );
}

const SIZE = 260;

/** Estimated against true effect: on the diagonal the estimate is right. */
function Scatter({ found }: { found: AttributionResult }) {
  const most = Math.max(1e-9, ...found.verified.flatMap((v) => [Math.abs(v.estimate), Math.abs(v.effect)]));
  const at = (v: number) => SIZE / 2 + (v / most) * (SIZE / 2 - 14);
  return (
    <figure class="chart why-scatter">
      <svg viewBox={`0 0 ${SIZE} ${SIZE}`} role="img" aria-label="Estimated against true effect of the first neurons">
        <line class="tick" x1={0} x2={SIZE} y1={SIZE / 2} y2={SIZE / 2} />
        <line class="tick" x1={SIZE / 2} x2={SIZE / 2} y1={0} y2={SIZE} />
        <line class="diagonal" x1={at(-most)} x2={at(most)} y1={SIZE - at(-most)} y2={SIZE - at(most)} />
        {found.verified.map((v) => (
          <circle key={v.neuron} class="pickable" cx={at(v.estimate)} cy={SIZE - at(v.effect)} r={4} onClick={() => { focusOn(v.neuron, { push: true }); }}>
            <title>{`${v.neuron}: estimated ${signed(v.estimate)}, true ${signed(v.effect)}`}</title>
          </circle>
        ))}
      </svg>
      <figcaption class="quiet">across: estimate, up: real run{found.correlation === null ? '' : `; correlation ${fixed(found.correlation, 2)}`}</figcaption>
    </figure>
  );
}

function Result({ found }: { found: AttributionResult }) {
  const true_ = new Map(found.verified.map((v) => [v.neuron, v.effect]));
  const layers = Object.entries(found.layers).map(([name, value]) => [name, Math.abs(value), value < 0 ? 'negative' : 'positive'] as const);
  const what = found.alternative === null ? `log-probability of "${found.word}"` : `log-probability of "${found.word}" less that of "${found.alternative}"`;
  return (
    <div class="sheet-grid" data-role="attribution">
      <section>
        <h3>Neurons that made it</h3>
        <p class="quiet">
          The {what} is {fixed(found.value, 2)}. What it would change by if a neuron had {found.baseline === 'mean' ? 'its mean' : found.baseline === 'zero' ? 'zero' : 'its value in the other sentence'} everywhere:
          an estimate from one pass for all, and a real run for the first {count(found.verified.length)}. Below zero: the neuron spoke for the word.
        </p>
        <table class="why-table">
          <thead><tr><th scope="col">neuron</th><th scope="col">estimate</th><th scope="col">real</th><th scope="col"><span class="unseen">select</span></th></tr></thead>
          <tbody>
            {found.neurons.slice(0, 40).map((n) => {
              const real = true_.get(n.neuron);
              return (
                <tr key={n.neuron}>
                  <th scope="row"><button type="button" class="plain address" onClick={() => { focusOn(n.neuron, { push: true }); openSheet(''); }}>{n.neuron}</button></th>
                  <td class={`numbers ${n.estimate < 0 ? 'worse' : 'better'}`}>{signed(n.estimate)}</td>
                  <td class="numbers">{real === undefined ? '' : signed(real)}</td>
                  <td><button type="button" class="plain tiny" disabled={isSelected(n.neuron)} aria-label={`Select ${n.neuron}`} onClick={() => { add(n.neuron); }}><Icon name="plus" /></button></td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      <section>
        <h3>Is the estimate right?</h3>
        {found.verified.length > 0 ? <Scatter found={found} /> : <p class="quiet">No neuron was checked.</p>}
        <h3>By layer</h3>
        <Bars label="Size of the summed effects of each layer" items={layers.map(([n, v, k]) => [n, v, k])} show={(v) => fixed(v, 2)} />
      </section>
    </div>
  );
}

export function Attribution() {
  return (
    <Sheet name="why" title="Who made this word?">
      <Question />
      {chosenWord.value === null && asked.value !== null && (
        <Empty title="Choose a word of the translation">Every neuron of the model is asked what it did for that word.</Empty>
      )}
      {chosenWord.value !== null && (baseline.value !== 'counterfactual' || counterfactual.value !== '') && (
        <Loaded of={attributionLoad} what="The effects" skeleton={<Skeleton lines={10} />}>
          {(found, load) => <div class={load.state === 'loading' ? 'behind' : ''}><Result found={found} /></div>}
        </Loaded>
      )}
    </Sheet>
  );
}
