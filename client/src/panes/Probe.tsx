/** What a probe found: how well it tells the labels apart, and how many neurons it takes. */
import { Bars, HeatTable, LineChart } from '../components/Charts';
import { count, fixed, number, percent } from '../lib/format';
import { rowsOf, type ProbeDetails } from '../lib/details';

/** Accuracies as per cent, in every part of the page alike; R² is no share of anything counted. */
function scoreOf({ metric }: ProbeDetails): (value: number) => string {
  return metric === 'accuracy' ? (v) => `${fixed(100 * v, 1)} %` : (v) => fixed(v, 3);
}

function Scores({ found }: { found: ProbeDetails }) {
  const share = scoreOf(found);
  const lines: [string, number, string?][] = [['probe, test sentences', found.score.test, 'strong']];
  if (found.control !== null) lines.push(['control task, test', found.control.test, 'plain']);
  if (found.selectivity !== null) lines.push(['selectivity', found.selectivity, 'second']);
  if (found.majority !== null && found.majority !== undefined) lines.push([`always ${found.majority.label}`, found.majority.test, 'plain']);
  return (
    <section>
      <h3>{found.metric === 'accuracy' ? 'Accuracy' : 'Share of the variance explained (R²)'}</h3>
      <Bars label="Scores of the probe" items={lines} show={share} most={1} />
      <p class="quiet">
        Trained on {count(found.rows.train)} words, penalties chosen on {count(found.rows.validation)}, tested
        on {count(found.rows.test)} of other sentences. Train {share(found.score.train)}, validation {share(found.score.validation)}.
        {found.control === null
          ? ' No control task was trained.'
          : ' The control task gives every word type a random label; selectivity is what the probe has over it (Hewitt and Liang 2019).'}
      </p>
      <Fewest found={found} />
    </section>
  );
}

/** How few neurons are enough, and whether fewer may be. */
function Fewest({ found }: { found: ProbeDetails }) {
  const { minimal } = found;
  if (minimal === null || minimal === undefined) return null;
  const { neurons } = minimal;
  if (neurons === null) return <p>No number of the first neurons holds {percent(minimal.share)} of it, when a probe is trained on them alone.</p>;
  const fewer = minimal.tried.map((t) => t.neurons).filter((n) => n < neurons).at(-1);
  return (
    <p>
      <b class="numbers">{count(neurons)}</b> {neurons === 1 ? 'neuron is' : 'neurons are'} enough for {percent(minimal.share)} of it, when a probe is trained on {neurons === 1 ? 'it' : 'them'} alone
      {fewer === undefined ? '.' : `; ${count(fewer)} ${fewer === 1 ? 'is' : 'are'} not.`}
    </p>
  );
}

/** How many neurons hold shares of each label's weight. */
function Salient({ found }: { found: ProbeDetails }) {
  const { salient = [] } = found;
  const labels = Object.keys(salient[0]?.labels ?? {});
  const layers = Object.keys(salient[0]?.layers ?? {});
  if (salient.length === 0) return null;
  return (
    <section>
      <h3>Neurons that hold the weight</h3>
      <p class="quiet">The fewest neurons that hold so much of the sum of a label's |weights| (Dalvi et al. 2019); of all labels, those of any of them.</p>
      <div class="plain-table" tabIndex={0} role="group" aria-label="Neurons that hold shares of the weight">
        <table>
          <thead><tr><th scope="col">share of the weight</th>{salient.map((s) => <th key={s.mass} scope="col">{percent(s.mass)}</th>)}</tr></thead>
          <tbody>
            <tr><th scope="row">all labels</th>{salient.map((s) => <td key={s.mass} class="numbers">{count(s.neurons)}</td>)}</tr>
            {layers.length > 1 && layers.map((name) => (
              <tr key={name}><th scope="row" class="quiet">of these in {name}</th>{salient.map((s) => <td key={s.mass} class="numbers">{count(s.layers?.[name] ?? 0)}</td>)}</tr>
            ))}
            {labels.length > 1 && labels.map((name) => (
              <tr key={`label ${name}`}><th scope="row">{name}</th>{salient.map((s) => <td key={s.mass} class="numbers">{count(s.labels[name] ?? 0)}</td>)}</tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Keep({ found }: { found: ProbeDetails }) {
  const kinds = ['top', 'random', 'bottom'] as const;
  const show = scoreOf(found);
  return (
    <section>
      <h3>Neurons kept</h3>
      <div class="plain-table" tabIndex={0} role="group" aria-label="Scores with some neurons kept">
        <table>
          <thead>
            <tr>
              <th scope="col">kept</th>
              {kinds.map((k) => <th key={k} scope="col">{k}, others set to 0</th>)}
              {kinds.map((k) => <th key={k} scope="col">{k}, trained anew</th>)}
            </tr>
          </thead>
          <tbody>
            {found.keep.map((row) => (
              <tr key={row.percent}>
                <th scope="row">{fixed(row.percent, 0)} % <span class="quiet numbers">{row.neurons}</span></th>
                {kinds.map((k) => <td key={k} class="numbers">{show(row.masked[k])}</td>)}
                {kinds.map((k) => <td key={k} class="numbers">{row.retrained === null || row.retrained === undefined ? 'n/a' : show(row.retrained[k])}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Confusion({ found }: { found: ProbeDetails }) {
  const names = found.labels ?? [];
  const matrix = rowsOf(found.confusion);
  if (names.length < 2 || matrix.length !== names.length) return null;
  const totals = matrix.map((row) => row.reduce((a, b) => a + b, 0));
  return (
    <section class="wide">
      <h3>Confusion on the test sentences</h3>
      <p class="quiet">Rows are what a word is, columns what the probe says; shaded by the share of the row.</p>
      <HeatTable
        label="Confusion of labels" rows={names.map((n, i) => `${n} (${count(totals[i] ?? 0)})`)} columns={names} values={matrix}
        show={(v) => (v === 0 ? '' : count(v))} shade={(v, row) => v / (totals[row] ?? 1 ? totals[row] ?? 1 : 1)} corner="is, said"
      />
      {found.recall !== undefined && (
        <p class="quiet">Recall: {Object.entries(found.recall).map(([name, value]) => value === null ? `${name} n/a (no test words)` : `${name} ${fixed(100 * value, 1)} %`).join(', ')}.</p>
      )}
    </section>
  );
}

function Path({ found }: { found: ProbeDetails }) {
  const show = scoreOf(found);
  return (
    <section>
      <h3>Penalties tried</h3>
      <div class="plain-table" tabIndex={0} role="group" aria-label="Penalties tried">
        <table>
          <thead><tr><th scope="col">λ₁</th><th scope="col">λ₂</th><th scope="col">validation</th><th scope="col">weights not 0</th><th scope="col"><span class="unseen">chosen</span></th></tr></thead>
          <tbody>
            {found.penalties.map((p) => {
              const chosen = p.l1 === found.chosen.l1 && p.l2 === found.chosen.l2;
              return (
                <tr key={`${p.l1} ${p.l2}`} class={chosen ? 'chosen-row' : ''}>
                  <td class="numbers">{number(p.l1)}</td><td class="numbers">{number(p.l2)}</td>
                  <td class="numbers">{show(p.score)}</td><td class="numbers">{percent(p.nonzero)}</td>
                  <td>{chosen ? 'chosen' : ''}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p class="quiet">The strongest penalty whose loss is within one standard error of the best is chosen.</p>
    </section>
  );
}

export function Probe({ found }: { found: ProbeDetails }) {
  const { curve } = found;
  const show = scoreOf(found);
  const least = Math.min(0, ...curve.top, ...curve.bottom, ...curve.random);
  // A hair below 0 is 0 on the axis, which else had odd numbers.
  const low = least < -0.05 ? Math.floor(least * 4) / 4 : 0;
  const layers = Object.entries(found.layers.neurons ?? {});
  return (
    <div class="sheet-grid" data-role="probe">
      <Scores found={found} />
      <section>
        <h3>{found.metric === 'accuracy' ? 'Accuracy' : 'R²'} against the number of neurons kept</h3>
        <LineChart
          label={`Score with 1 to ${curve.neurons.at(-1) ?? 0} neurons kept; with all ${show(found.score.test)}`} x={curve.neurons}
          lines={[{ name: 'top', kind: 'one', y: curve.top }, { name: 'random', kind: 'two', y: curve.random }, { name: 'bottom', kind: 'three', y: curve.bottom }]}
          marks={found.control === null ? [] : [{ name: 'control task', y: found.control.test }]} xName="neurons kept, the others set to 0" yName="on the test sentences" low={Math.max(-1, low)} show={show} {...(found.metric === 'accuracy' ? { tick: percent } : {})}
        />
      </section>
      <Keep found={found} />
      {layers.length > 0 && (
        <section>
          <h3>Layers of the first {found.layers.top} neurons</h3>
          <Bars label="Neurons of each layer" items={layers.map(([name, n]) => [name, n] as const)} show={count} />
        </section>
      )}
      <Path found={found} />
      <Salient found={found} />
      <Confusion found={found} />
    </div>
  );
}
