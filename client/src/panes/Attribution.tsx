/** Who made this word? Estimated and true effects of neurons on a word of the translation. */
import { signal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import { Bars } from '../components/Charts';
import { Doubts, Empty, Failure, JobProgress, Loaded, Skeleton } from '../components/States';
import { Icon } from '../components/Icon';
import { KeepAs } from '../components/KeepAs';
import { NumberField } from '../components/NumberField';
import { Sheet } from '../components/Sheet';
import { TryOut } from '../components/Tried';
import { Turned, Written } from '../components/Written';
import { Comparison } from './Comparison';
import type { AttributionResult, Scope } from '../api/types';
import { count, fixed, signed } from '../lib/format';
import { isFinal } from '../lib/jobs';
import {
  alternative, askAbout, asked, bounds, searchAgain, setBounds, attributionLoad, baseline, chosenWord, comparisonLoad, counterfactual, searchable, searchError, searchJob,
  searchLayers, searchResult, setBasis, startSearch,
} from '../services/attribution';
import { wordsOf } from '../lib/task';
import type { Basis } from '../lib/view';
import { openSheet } from '../services/rankings';
import { add, applyInterventions, focusOn, isSelected } from '../services/selection';
import { model } from '../services/project';
import { written } from '../services/writing';

const typedAlternative = signal('');
const typedCounterfactual = signal('');

function Question() {
  const now = asked.value;
  // What the address says is what the fields hold, also after going back; at once, as what is typed after it has to stay.
  useLayoutEffect(() => { typedAlternative.value = alternative.value; }, [alternative.value]);
  useLayoutEffect(() => { typedCounterfactual.value = counterfactual.value; }, [counterfactual.value]);
  if (now === null) return <Empty title={`No ${wordsOf(model.value?.task).output} yet`}>Choose a sentence on the page first.</Empty>;
  return (
    <section class="why-question">
      <p {...written(now.source, 'source')}>{now.source}</p>
      <div class="why-words" role="radiogroup" aria-label={`Word of the ${wordsOf(model.value?.task).output}`} {...written(now.view.text, 'target')}>
        {now.view.words.map((text, i) => (
          <label key={i} class={chosenWord.value === i ? 'chosen' : ''}>
            <input type="radio" name="why-word" class="unseen" checked={chosenWord.value === i} onChange={() => { askAbout({ asked: String(i) }); }} />
            {text}
          </label>
        ))}
      </div>
      <form
        class="inline-fields"
        onSubmit={(e) => {
          e.preventDefault();
          askAbout({ instead: typedAlternative.value.trim(), versus: typedCounterfactual.value.trim() });
        }}
      >
        <label class="inline">rather than
          <input type="text" dir={typedAlternative.value === '' ? undefined : 'auto'} placeholder="another word, if you like" maxLength={100} value={typedAlternative.value} onInput={(e) => { typedAlternative.value = e.currentTarget.value; }} onBlur={() => { askAbout({ instead: typedAlternative.value.trim() }); }} />
        </label>
        <label class="inline">if the neuron had
          <select value={baseline.value} onChange={(e) => { setBasis(e.currentTarget.value as Basis); }}>
            <option value="mean">its mean</option>
            <option value="zero">zero</option>
            <option value="counterfactual">its value in another sentence</option>
          </select>
        </label>
        {baseline.value === 'counterfactual' && (
          <input type="text" class="long" aria-label="The other sentence" dir={typedCounterfactual.value === '' ? undefined : 'auto'} placeholder="a sentence like this one, such as with She for He" maxLength={2000} value={typedCounterfactual.value} onInput={(e) => { typedCounterfactual.value = e.currentTarget.value; }} />
        )}
        <button type="submit">Ask</button>
      </form>
    </section>
  );
}

const [SIZE, EDGE] = [280, 34];

/** The neuron that is pointed at, in the table or among the points. */
const pointed = signal('');

/** Estimated against true effect: on the diagonal the estimate is right. */
function Scatter({ found }: { found: AttributionResult }) {
  const most = Math.max(1e-9, ...found.verified.flatMap((v) => [Math.abs(v.estimate), Math.abs(v.effect)]));
  const middle = (SIZE + EDGE) / 2;
  const across = (v: number) => middle + (v / most) * (middle - EDGE - 8);
  const up = (v: number) => SIZE + EDGE - across(v) - EDGE;
  const ends = [-most, 0, most];
  const now = found.verified.find((v) => v.neuron === pointed.value);
  return (
    <figure class="chart why-scatter">
      <svg viewBox={`0 0 ${SIZE} ${SIZE}`} role="img" aria-label="Estimated against true effect of the first neurons; the table has the same numbers">
        {ends.map((v) => (
          <g key={v}>
            <line class="tick" x1={across(-most)} x2={across(most)} y1={up(v)} y2={up(v)} />
            <line class="tick" x1={across(v)} x2={across(v)} y1={up(most)} y2={up(-most)} />
            <text x={across(v)} y={SIZE - 20} text-anchor={v > 0 ? 'end' : v < 0 ? 'start' : 'middle'}>{signed(v, 2)}</text>
            <text x={across(-most) - 4} y={up(v) + 3} text-anchor="end">{signed(v, 2)}</text>
          </g>
        ))}
        <text class="axis" x={across(0)} y={SIZE - 5} text-anchor="middle">estimate</text>
        <text class="axis" transform={`translate(9 ${up(0)}) rotate(-90)`} text-anchor="middle">real run</text>
        <line class="diagonal" x1={across(-most)} x2={across(most)} y1={up(-most)} y2={up(most)} />
        {found.verified.map((v) => (
          <circle
            key={v.neuron} class={`pickable ${v.neuron === pointed.value ? 'chosen' : ''}`} cx={across(v.estimate)} cy={up(v.effect)} r={v.neuron === pointed.value ? 6 : 4}
            onPointerEnter={() => { pointed.value = v.neuron; }}
            onClick={() => { focusOn(v.neuron, { push: true }); openSheet(''); }}
          >
            <title>{`${v.neuron}: estimated ${signed(v.estimate)}, real ${signed(v.effect)}`}</title>
          </circle>
        ))}
      </svg>
      <figcaption class="quiet">
        On the dashed line the estimate is right{found.correlation === null ? '' : `; correlation ${fixed(found.correlation, 2)}`}.
        <span class="pointed numbers">{now === undefined ? 'Point at one to find it in the table.' : `${now.neuron}: estimated ${signed(now.estimate)}, real ${signed(now.effect)}`}</span>
      </figcaption>
    </figure>
  );
}

function Result({ found }: { found: AttributionResult }) {
  const true_ = new Map(found.verified.map((v) => [v.neuron, v.effect]));
  const layers = Object.entries(found.layers).map(([name, value]) => [`${name}${Math.abs(value) < 0.005 ? '' : value < 0 ? ', for it' : ', against it'}`, Math.abs(value), value < 0 ? 'negative' : 'positive'] as const);
  const what = <>log-probability of &quot;<bdi>{found.word}</bdi>&quot;{found.alternative !== null && <> less that of &quot;<bdi>{found.alternative}</bdi>&quot;</>}</>;
  return (
    <div class="sheet-grid" data-role="attribution">
      <section>
        <h3>Neurons that made it</h3>
        <p class="quiet">
          The {what} is {fixed(found.value, 2)}. What it would change by if a neuron had {found.baseline === 'mean' ? 'its mean' : found.baseline === 'zero' ? 'zero' : 'its value in the other sentence'} everywhere:
          an estimate from one pass for all, and a real run for the first {count(found.verified.length)}. Below zero: the neuron spoke for the word.
        </p>
        <div class="why-neurons" tabIndex={0} role="group" aria-label="Neurons with their effects">
        <table class="why-table">
          <thead><tr><th scope="col">neuron</th><th scope="col" class="numbers">estimate</th><th scope="col" class="numbers">real</th><th scope="col"><span class="unseen">select</span></th></tr></thead>
          <tbody>
            {found.neurons.slice(0, 40).map((n) => {
              const real = true_.get(n.neuron);
              return (
                <tr key={n.neuron} class={pointed.value === n.neuron ? 'chosen' : ''} onPointerEnter={() => { pointed.value = n.neuron; }} onFocusIn={() => { pointed.value = n.neuron; }}>
                  <th scope="row"><button type="button" class="plain address" onClick={() => { focusOn(n.neuron, { push: true }); openSheet(''); }}>{n.neuron}</button></th>
                  <td class={`numbers ${n.estimate < 0 ? 'worse' : 'better'}`}>{signed(n.estimate)}</td>
                  <td class="numbers">{real === undefined ? '' : signed(real)}</td>
                  <td><button type="button" class="plain tiny" disabled={isSelected(n.neuron)} aria-label={`Select ${n.neuron}`} onClick={() => { add(n.neuron); }}><Icon name="plus" /></button></td>
                </tr>
              );
            })}
          </tbody>
        </table>
        </div>
      </section>
      <section>
        <h3>Is the estimate right?</h3>
        {found.verified.length > 0 ? <Scatter found={found} /> : <p class="quiet">No neuron was checked.</p>}
        <h3>By layer</h3>
        <Bars label="Size of the summed effects of each layer" items={layers} show={(v) => fixed(v, 2)} />
        <p class="quiet">Sizes of the estimates of a layer{'\u2019'}s neurons, summed with their signs: for the word, or against it.</p>
      </section>
    </div>
  );
}

const neurons = (n: number) => `${count(n)} ${n === 1 ? 'neuron' : 'neurons'}`;

/** Search for the few neurons that would make the other word, and apply them. */
function Search() {
  const now = searchable.value;
  const job = searchJob.value;
  const found = searchResult.value;
  const scope = searchLayers(bounds.value.scope).length > 0 ? bounds.value.scope : 'output';
  const layers = searchLayers(scope);
  if (now === null) {
    return <p class="quiet">Name another word above (rather than) to search for the few neurons that would make it.</p>;
  }
  return (
    <section class="why-search" data-role="search">
      <h3>What would make it &quot;<bdi>{now.wanted}</bdi>&quot;?</h3>
      {found === null && (
        <div class="inline-fields">
          <button type="button" disabled={job !== undefined && !isFinal(job)} onClick={() => void startSearch()}>Search for few neurons that make it</button>
          <label class="inline">in
            <select value={layers.includes(bounds.value.layer) ? bounds.value.layer : ''} onChange={(e) => { setBounds({ layer: e.currentTarget.value }); }}>
              <option value="">all layers that read the source</option>
              {layers.map((l) => <option key={l} value={l}>{l}</option>)}
            </select>
          </label>
          {searchLayers('recurrence').length > 0 && (
            <label class="inline">setting
              <select value={scope} onChange={(e) => { setBounds({ scope: e.currentTarget.value as Scope }); }}>
                <option value="output">what later layers see</option>
                <option value="recurrence">the state itself</option>
              </select>
            </label>
          )}
          <label class="inline">at most
            <NumberField class="short-number" min={1} max={50} value={bounds.value.most} onTake={(most) => { setBounds({ most }); }} />
          </label>
          <label class="inline">each within
            <NumberField class="short-number" min={0.5} max={10} step={0.5} value={bounds.value.bound} onTake={(bound) => { setBounds({ bound }); }} />
            sd of its mean
          </label>
          <span class="quiet">and within its range on the corpus</span>
        </div>
      )}
      {job !== undefined && job.state !== 'done' && <JobProgress job={job} compact />}
      {searchError.value !== null && <Failure error={searchError.value} what="The search could not be started" dismiss={() => { searchError.value = null; }} />}
      {found !== null && (
        <>
          <p>
            {found.found ? `${neurons(found.interventions.length)} ${found.interventions.length === 1 ? 'makes' : 'make'} it:` : `It does not come out with ${neurons(found.interventions.length)}; the nearest is:`}{' '}
            <Turned before={found.before}><b><Written text={found.after} side="target" /></b></Turned>
          </p>
          <table class="why-table">
            <thead><tr><th scope="col">neuron</th><th scope="col" class="numbers">set to</th></tr></thead>
            <tbody>
              {found.interventions.map((i) => (
                <tr key={i.neurons.join(' ')}>
                  <th scope="row" class="address">{i.neurons.join(', ')}</th>
                  <td class="numbers">{signed(i.value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p class="quiet">Each within {found.bound} sd of its mean and within its range on the corpus. <button type="button" class="small" onClick={searchAgain}>Search again</button></p>
          <div class="inline-fields">
            <button type="button" class="primary" disabled={found.interventions.length === 0} onClick={() => { applyInterventions(found.interventions, `${found.interventions.length} neurons applied`); }}>
              Apply these neurons
            </button>
            <KeepAs key={`${found.word} ${found.wanted}`} what="them" edits={found.interventions} offered={`${found.word} to ${found.wanted}`} />
          </div>
          <p class="quiet">Or see first what they do elsewhere:</p>
          <TryOut key={`${found.word} ${found.wanted}`} edits={found.interventions} word={found.word} wanted={found.wanted} />
        </>
      )}
    </section>
  );
}

export function Attribution() {
  return (
    <Sheet name="why" title="Who made this word?">
      <Question />
      {chosenWord.value === null && asked.value !== null && (
        <Empty title={`Choose a word of the ${wordsOf(model.value?.task).output}`}>Every neuron of the model is asked what it did for that word.</Empty>
      )}
      {chosenWord.value !== null && (baseline.value !== 'counterfactual' || counterfactual.value !== '') && (
        <Loaded of={attributionLoad} what="The effects" skeleton={<Skeleton lines={10} />}>
          {(found, load) => (
            <div class={load.state === 'loading' ? 'behind' : ''}>
              <Doubts texts={found.warnings} />
              <Search />
              <Result found={found} />
            </div>
          )}
        </Loaded>
      )}
      {asked.value !== null && baseline.value === 'counterfactual' && counterfactual.value !== '' && (
        <Loaded of={comparisonLoad} what="The comparison" skeleton={<Skeleton lines={6} />}>
          {(found, load) => <div class={load.state === 'loading' ? 'behind' : ''}><Comparison found={found} told={chosenWord.value === null ? [] : (attributionLoad.load.value.value?.warnings ?? [])} /></div>}
        </Loaded>
      )}
    </Sheet>
  );
}
