/** The page of a ranking: what it came from, how stable it is, and what else the analysis found. */
import { Bars, LineChart } from '../components/Charts';
import { Failure, JobProgress, Loaded, Skeleton } from '../components/States';
import { Sheet } from '../components/Sheet';
import { count, fixed, number, percent, signedFixed } from '../lib/format';
import { isArray, isProbe, numeric, partnersOf, type ProbeDetails, warningsOf } from '../lib/details';
import { detailsLoad, stability, startStability, type Found } from '../services/details';
import { ranked, type Ranked } from '../services/ranking';
import { aboutOf, methodOf, modelTitle, showRanking } from '../services/rankings';
import { Probe } from './Probe';
import { Address, BestLabels, Chance, FirstLayers, Groups, Information } from './RankingFindings';

const RESAMPLES = 20;
const SHOWN = 30;

function Head({ now }: { now: Ranked }) {
  const { info, label } = now;
  const by = methodOf(info.method);
  const signature = info.labels.find((l) => l.label === label)?.signature ?? info.signature;
  return (
    <section class="details-head">
      <p><b>{info.title}</b> {aboutOf(info)} {label !== '' && <span class="chip">{label}</span>} <span class="quiet">{modelTitle(info.model)}, {count(info.neurons)} neurons of {info.layers.length === 1 ? 'one layer' : `${info.layers.length} layers`}</span></p>
      {by !== undefined && <p>{by.summary} <code>{by.formula}</code> <span class="quiet">{by.reference}</span></p>}
      <p class="quiet signature">signature <code>{signature}</code></p>
    </section>
  );
}

function Stable({ now }: { now: Ranked }) {
  const { started, job, result, error } = stability;
  const own = started.value?.about === now.info.id;
  const found = own ? result.value : null;
  const lines = found === null ? [] : [['the whole', found] as const, ...Object.entries(found.labels)];
  return (
    <section data-role="stability">
      <h3>Stability</h3>
      {found === null && (!own || job.value === null || job.value.state !== 'running') && (
        <p>
          <button type="button" class="small" disabled={own && stability.running.value} onClick={() => void startStability(now.info, RESAMPLES)}>How stable is it?</button>{' '}
          <span class="quiet">Makes the ranking again on {RESAMPLES} resamples of the sentences and counts how many of the first neurons stay.</span>
        </p>
      )}
      {own && error.value !== null && <Failure error={error.value} what="The ranking could not be resampled" />}
      {own && job.value !== null && job.value.state !== 'done' && <JobProgress job={job.value} />}
      {found !== null && (
        <>
          <p>{!found.complete && <b>So far: </b>}<b class="numbers">{percent(found.mean)}</b> of the first {found.k} neurons stay on average ({percent(found.low)} to {percent(found.high)} in {percent(found.level)} of {found.resamples} resamples of {count(found.units)} {found.unit}); by chance {percent(found.chance)}.</p>
          {lines.length > 1 && <Bars label="Stability of each label" items={lines.map(([name, s]) => [name, s.mean] as const)} show={percent} most={1} />}
        </>
      )}
    </section>
  );
}

function Labels({ now }: { now: Ranked }) {
  if (now.info.labels.length === 0) return null;
  return (
    <section>
      <h3>Labels</h3>
      <div class="pills">
        <button type="button" class="small" aria-pressed={now.label === ''} onClick={() => { showRanking(now.info.id); }}>all</button>
        {now.info.labels.map(({ label }) => (
          <button key={label} type="button" class="small" aria-pressed={now.label === label} onClick={() => { showRanking(now.info.id, label); }}>{label}</button>
        ))}
      </div>
    </section>
  );
}

function Partners({ now, found }: { now: Ranked; found: Found }) {
  const rows = Array.from({ length: Math.min(SHOWN, now.order.length) }, (_, place) => {
    const flat = now.order[place] ?? 0;
    return { flat, partners: partnersOf(found.details, flat) };
  });
  if ((rows[0]?.partners.length ?? 0) === 0) return null;
  const models = rows[0]?.partners.map((p) => p.model) ?? [];
  return (
    <section class="wide">
      <h3>Best partners of the first neurons</h3>
      <p class="quiet">The neuron of the other model that each correlates with most, over {count(numeric(found.details.rows) ?? 0)} words. The neuron pane shows both side by side.</p>
      <div class="plain-table" tabIndex={0} role="group" aria-label="Best partners">
        <table>
          <thead><tr><th scope="col">neuron</th>{models.map((m) => [<th key={m} scope="col">in {modelTitle(m)}</th>, <th key={`${m} r`} scope="col">r</th>])}</tr></thead>
          <tbody>
            {rows.map(({ flat, partners }) => (
              <tr key={flat}>
                <td><Address now={now} flat={flat} /></td>
                {partners.map((p) => [<td key={p.model}><code>{p.neuron}</code></td>, <td key={`${p.model} r`} class="numbers">{signedFixed(p.correlation, 2)}</td>])}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface Shared {
  coefficients: unknown;
  mean_coefficient: number;
  components: number[];
  top: number[][];
}

function Directions({ now, found }: { now: Ranked; found: Found }) {
  const models = found.details.models as Record<string, Shared> | undefined;
  if (models === undefined) return null;
  return (
    <>
      {Object.entries(models).map(([name, shared]) => {
        const values = isArray(shared.coefficients) ? Array.from(shared.coefficients.values) : (shared.coefficients as number[]);
        const x = values.map((_, i) => i + 1);
        return (
          <section key={name} class="wide">
            <h3>Directions shared with {modelTitle(name)}</h3>
            <p class="quiet">Mean canonical correlation {fixed(shared.mean_coefficient, 3)} over {values.length} directions, from {shared.components.join(' and ')} principal components.</p>
            <LineChart label={`Canonical correlations with ${modelTitle(name)}`} x={x} lines={[{ name: 'canonical correlation', kind: 'one', y: values }]} xName="direction" yName="" />
            <ol class="directions">
              {shared.top.slice(0, 5).map((neurons, i) => (
                <li key={i}>
                  <span class="numbers">{i + 1}: {fixed(values[i] ?? 0, 2)}</span>{' '}
                  {neurons.slice(0, 6).map((flat) => <Address key={flat} now={now} flat={flat} />)}
                </li>
              ))}
            </ol>
          </section>
        );
      })}
    </>
  );
}

/** Details that are single numbers or short lists, of any analysis. */
function Plain({ found }: { found: Found }) {
  const rows = Object.entries(found.details).filter(([, v]) => ['number', 'string', 'boolean'].includes(typeof v));
  if (rows.length === 0) return null;
  return (
    <section>
      <h3>Numbers</h3>
      <dl class="statistics">
        {rows.map(([name, value]) => <div key={name}><dt>{name.replaceAll('_', ' ')}</dt><dd class="numbers">{typeof value !== 'number' ? String(value) : Number.isInteger(value) ? count(value) : number(value)}</dd></div>)}
      </dl>
    </section>
  );
}

export function RankingDetails() {
  const now = ranked.value;
  return (
    <Sheet name="details" title="Details of the ranking">
      {now === null ? <Skeleton lines={6} /> : (
        <>
          <Head now={now} />
          <Labels now={now} />
          <Stable now={now} />
          <Loaded of={detailsLoad} what="The details" skeleton={<Skeleton lines={8} />}>
            {(found) => (
              <>
                {warningsOf(found.details).map((text) => <p key={text} class="warning" data-role="few">{text}</p>)}
                {isProbe(found.details) ? (
                  <Probe found={found.details as unknown as ProbeDetails} />
                ) : (
                  <div class="sheet-grid">
                    <Plain found={found} />
                    <Chance now={now} found={found} />
                    <Information found={found} />
                    <FirstLayers now={now} />
                    <BestLabels now={now} found={found} />
                    <Groups now={now} found={found} />
                    <Directions now={now} found={found} />
                    <Partners now={now} found={found} />
                  </div>
                )}
              </>
            )}
          </Loaded>
        </>
      )}
    </Sheet>
  );
}
