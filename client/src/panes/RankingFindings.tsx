/** What single analyses found beside an order: information, groups, labels of neurons, layers. */
import { Bars, LineChart } from '../components/Charts';
import { count, fixed, number, percent } from '../lib/format';
import { bestLabelsOf, chanceOf, countLayers, groupsOf, listOf, numeric } from '../lib/details';
import { neuronAt } from '../lib/address';
import type { Found } from '../services/details';
import type { Ranked } from '../services/ranking';
import { openSheet } from '../services/rankings';
import { focusOn } from '../services/selection';

const SHOWN = 30;
const [GROUPS, MEMBERS] = [20, 8];

/** Leaves the sheet for a neuron. */
export function Address({ now, flat }: { now: Ranked; flat: number }) {
  const address = neuronAt(now.info.layers, flat);
  const look = (): void => {
    openSheet('');
    focusOn(address, { push: true });
  };
  return <button type="button" class="plain address" onClick={look}>{address}</button>;
}

/** Bits that the neurons of a greedy choice tell together. */
export function Information({ found }: { found: Found }) {
  const bits = listOf(found.details.information);
  const all = numeric(found.details.label_entropy);
  if (bits.length === 0 || all === null || all <= 0) return null;
  const best = bits.indexOf(Math.max(...bits));
  const most = bits[best] ?? 0;
  return (
    <section>
      <h3>What the chosen neurons tell together</h3>
      <p>
        <b class="numbers">{fixed(most, 3)}</b> of {fixed(all, 3)} bits ({percent(Math.max(0, most) / all)}) with the first {count(best + 1)} of {count(bits.length)} chosen neurons, on
        held-out sentences.
      </p>
      <LineChart
        label={`Bits with 1 to ${bits.length} neurons`} x={bits.map((_, i) => i + 1)} lines={[{ name: 'bits', kind: 'one', y: bits }]}
        marks={[{ name: 'all there is to know', y: all }]} xName="neurons chosen" yName="on held-out sentences" low={Math.min(0, ...bits)} high={Math.max(all, most)}
      />
    </section>
  );
}

/** Neurons that say the same, by the one that stands for them. */
export function Groups({ now, found }: { now: Ranked; found: Found }) {
  const groups = groupsOf(found.details);
  if (groups.length === 0) return null;
  const several = groups.filter((g) => g.members.length > 0);
  return (
    <section class="wide">
      <h3>Groups</h3>
      <p class="quiet">{count(groups.length)} groups; {count(groups.length - several.length)} neurons stand alone. |ρ| is with the neuron that stands for the group.</p>
      {several.length > 0 && (
        <div class="plain-table" tabIndex={0} role="group" aria-label="Groups of neurons that say the same">
          <table>
            <thead><tr><th scope="col">stands for the group</th><th scope="col">neurons</th><th scope="col">others, the most alike first</th></tr></thead>
            <tbody>
              {several.slice(0, GROUPS).map((g) => (
                <tr key={g.first}>
                  <td><Address now={now} flat={g.first} /></td>
                  <td class="numbers">{count(g.members.length + 1)}</td>
                  <td>
                    {g.members.slice(0, MEMBERS).map((m) => <span key={m.flat}><Address now={now} flat={m.flat} /> <span class="quiet numbers">{fixed(m.alike, 2)}</span>{' '}</span>)}
                    {g.members.length > MEMBERS && <span class="quiet">and {count(g.members.length - MEMBERS)} more</span>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {several.length > GROUPS && <p class="quiet">The {GROUPS} largest of {count(several.length)} groups with more than one neuron; the export has all.</p>}
    </section>
  );
}

/** Which label each of the first neurons is best for. */
export function BestLabels({ now, found }: { now: Ranked; found: Found }) {
  const best = bestLabelsOf(found.details);
  if (best === null || now.label !== '') return null;
  const rows = Array.from({ length: Math.min(SHOWN, now.order.length) }, (_, place) => now.order[place] ?? 0);
  const directed = rows.some((flat) => best(flat)?.direction !== 0);
  return (
    <section>
      <h3>Labels of the first neurons</h3>
      <div class="plain-table" tabIndex={0} role="group" aria-label="The label that each of the first neurons tells best">
        <table>
          <thead><tr><th scope="col">neuron</th><th scope="col">tells best</th>{directed && <th scope="col">on its words</th>}</tr></thead>
          <tbody>
            {rows.map((flat) => {
              const own = best(flat);
              return (
                <tr key={flat}>
                  <td><Address now={now} flat={flat} /></td>
                  <td><bdi>{own?.label ?? 'none'}</bdi></td>
                  {directed && <td>{own === null ? '' : own.direction < 0 ? 'low' : 'high'}</td>}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** The share that a neuron which follows nothing would get; the same in all layers of a stack. */
export function Chance({ now, found }: { now: Ranked; found: Found }) {
  const shares = chanceOf(found.details, now.info.layers);
  if (shares.length === 0) return null;
  return (
    <section>
      <h3>By chance</h3>
      <p class="quiet">What a neuron that follows nothing would score on average: groups of few tokens explain some variance by themselves.</p>
      <dl class="statistics">
        {shares.map(([layers, share]) => <div key={layers}><dt>{layers}</dt><dd class="numbers">{number(share)}</dd></div>)}
      </dl>
    </section>
  );
}

/** How the first tenth of a ranking is spread over the layers. */
export function FirstLayers({ now }: { now: Ranked }) {
  if (now.info.layers.length < 2) return null;
  const top = Math.max(1, Math.round(0.1 * now.order.length));
  return (
    <section>
      <h3>Layers of the first {count(top)} neurons</h3>
      <Bars label="Neurons of each layer" items={countLayers(now.order, now.info.layers, top)} show={count} />
    </section>
  );
}
