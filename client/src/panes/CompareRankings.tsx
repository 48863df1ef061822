/** Rankings side by side: what they share, and where each neuron stands in two of them. */
import { Bars, HeatTable, LineChart, type Line } from '../components/Charts';
import { Empty, Loaded, Skeleton } from '../components/States';
import { NumberField } from '../components/NumberField';
import { ScatterPlot } from '../components/ScatterPlot';
import { Sheet } from '../components/Sheet';
import type { AgreementInfo } from '../api/types';
import { fixed, percent, signedFixed } from '../lib/format';
import { isReady, partKey, readPart } from '../lib/methods';
import { agreementLoad, compared, firstK, pair, scatterLoad } from '../services/details';
import { project } from '../services/project';
import { compareWith, made, nameOfPart, openSheet, sameNeurons, toggleCompared } from '../services/rankings';
import { focusOn } from '../services/selection';
import { change } from '../services/store';

const KINDS: Line['kind'][] = ['one', 'two', 'three', 'four', 'five', 'six'];

function Choice() {
  const first = made.value.find((r) => r.id === readPart(compared.value[0] ?? '').ranking);
  const fitting = made.value.filter((info) => first === undefined || sameNeurons(info, first));
  const parts = fitting.flatMap((info) => [partKey(info.id, ''), ...info.labels.map((l) => partKey(info.id, l.label))]);
  const rest = parts.filter((key) => !compared.value.includes(key));
  const quick = first === undefined ? [] : (project.value?.rankings ?? []).filter((r) => isReady(r) && !fitting.some((info) => info.method === r.name));
  const choose = (key: string) => {
    if (key.startsWith('+') && first !== undefined) void compareWith(key.slice(1), first);
    else if (key !== '') toggleCompared(key);
  };
  return (
    <section>
      <ul class="classes" aria-label="Compared rankings">
        {compared.value.map((key) => (
          <li key={key}><label><input type="checkbox" checked onChange={() => { toggleCompared(key); }} /> {nameOfPart(key)}</label></li>
        ))}
      </ul>
      <div class="inline-fields">
        <select aria-label="Add a ranking to the comparison" value="" onChange={(e) => { choose(e.currentTarget.value); }}>
          <option value="">add a ranking{'\u2026'}</option>
          {rest.map((key) => <option key={key} value={key}>{nameOfPart(key)}</option>)}
          {quick.length > 0 && (
            <optgroup label="Make on the same layers">
              {quick.map((r) => <option key={r.name} value={`+${r.name}`}>{r.title}</option>)}
            </optgroup>
          )}
        </select>
        <label class="inline">
          first
          <NumberField min={1} step={1} class="short" aria-label="How many neurons count as the first" placeholder="auto" value={firstK.value} onTake={(k) => { change({ comparedFirst: k >= 1 ? Math.round(Math.min(k, 1e7)) : 0 }); }} />
          neurons
        </label>
      </div>
    </section>
  );
}

function short(names: readonly string[]): string[] {
  return names.map((_, i) => String(i + 1));
}

function Agreement({ found }: { found: AgreementInfo }) {
  const keys = compared.value;
  const names = keys.length === found.names.length ? keys.map(nameOfPart) : found.names;
  const numbered = names.map((name, i) => `${i + 1} ${name}`);
  const curves = found.curves.slice(0, KINDS.length).map((y, i) => ({ name: names[i + 1] ?? '', kind: KINDS[i] ?? 'one', y }));
  const random = { name: 'chance', kind: 'six' as const, y: found.curve_at.map((k) => k / found.neurons) };
  return (
    <div class="sheet-grid" data-role="agreement">
      <section>
        <h3>Overlap of the first {found.k} neurons</h3>
        <HeatTable label="Overlap" rows={numbered} columns={short(names)} values={found.overlap} show={percent} />
        <p class="quiet">By chance {percent(found.chance)}.</p>
      </section>
      <section>
        <h3>Rank correlation (Spearman, all neurons)</h3>
        <HeatTable label="Spearman's rank correlation" rows={numbered} columns={short(names)} values={found.spearman} show={(v) => signedFixed(v, 2)} />
      </section>
      <section>
        <h3>Overlap with {names[0]} at every number of neurons</h3>
        <LineChart label={`Overlap with ${names[0] ?? ''}`} x={found.curve_at} lines={[...curves, random]} xName="first neurons" yName="overlap" />
      </section>
      <section>
        <h3>Places in two rankings</h3>
        <div class="inline-fields">
          {([0, 1] as const).map((side) => (
            <select key={side} aria-label={side === 0 ? 'Ranking across' : 'Ranking down'} value={String(pair.value[side])} onChange={(e) => { const v = Number(e.currentTarget.value); change({ comparedPair: (side === 0 ? [v, pair.value[1]] : [pair.value[0], v]).join('.') }); }}>
              {names.map((name, i) => <option key={name} value={String(i)}>{name}</option>)}
            </select>
          ))}
        </div>
        <Loaded of={scatterLoad} what="The places">
          {(scatter) => (
            <ScatterPlot
              scatter={scatter}
              names={[nameOfPart(scatter.names[0]), nameOfPart(scatter.names[1])]}
              onPick={(address) => { focusOn(address, { push: true }); }}
            />
          )}
        </Loaded>
      </section>
      <section>
        <h3>Agreement of each with the others (Fan et al. 2023)</h3>
        <p class="quiet">AvgOverlap: mean Jaccard index of its first {found.k} neurons with those of the others. NeuronVote: with a consensus that all vote for.</p>
        <Bars label="AvgOverlap" items={names.map((n, i) => [`AvgOverlap, ${n}`, found.average_overlap[i] ?? 0] as const)} show={(v) => fixed(v, 2)} most={1} />
        <Bars label="NeuronVote" items={names.map((n, i) => [`NeuronVote, ${n}`, found.neuron_vote[i] ?? 0] as const)} show={(v) => fixed(v, 2)} most={1} />
      </section>
      <section>
        <h3>Voted first by all together</h3>
        <div class="pills">
          {found.consensus.slice(0, 24).map((address) => (
            <button key={address} type="button" class="plain address" onClick={() => { openSheet(''); focusOn(address, { push: true }); }}>{address}</button>
          ))}
        </div>
      </section>
    </div>
  );
}

export function CompareRankings() {
  return (
    <Sheet name="compare" title="Compare rankings">
      <Choice />
      {compared.value.length < 2 ? (
        <Empty title="Choose two rankings or more">They have to be of the same layers of one model. The button Add beside a ranking puts it here.</Empty>
      ) : (
        <Loaded of={agreementLoad} what="The comparison" skeleton={<Skeleton lines={8} />}>
          {(found, load) => <div class={load.state === 'loading' ? 'behind' : ''}><Agreement found={found} /></div>}
        </Loaded>
      )}
    </Sheet>
  );
}
