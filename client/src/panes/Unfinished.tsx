/** A ranking that is being made: its first neurons, marked as unfinished. */
import { Empty, JobProgress, Skeleton } from '../components/States';
import { Toggle } from '../components/Toggle';
import { count, number } from '../lib/format';
import { focus } from '../services/ranking';
import { focusOn } from '../services/selection';
import { change, viewed } from '../services/store';
import { firstNeurons, type Unfinished as Making } from '../services/unfinished';

export function Unfinished({ job, preview }: Making) {
  if (preview === null) {
    return (
      <div class="waiting">
        <JobProgress job={job} />
        <Skeleton lines={6} label="Waiting for the first neurons" />
      </div>
    );
  }
  const rows = firstNeurons(preview, viewed.label.value, viewed.only.value, viewed.sort.value);
  const labels = Object.keys(preview.labels);
  const label = labels.includes(viewed.label.value) ? viewed.label.value : '';
  const best = rows.reduce((most, { score }) => Math.max(most, Math.abs(score)), 0);
  return (
    <div class="fill unfinished" data-role="unfinished">
      <div class="unfinished-head">
        <p class="unfinished-note" role="status" title={`Unfinished, ${preview.note}: ${count(preview.known)} neurons have a score so far. Places may still change.`}>
          <b>Unfinished</b>, {preview.note}
        </p>
        {labels.length > 0 && <select aria-label="Label whose first neurons are listed" value={label} onChange={(e) => { change({ label: e.currentTarget.value }); }}>
          <option value="">the whole</option>
          {labels.map((name) => <option key={name} value={name}>{name}</option>)}
        </select>}
      </div>
      {rows.length === 0 ? <Empty title="No neuron yet">None of the first neurons is in this layer.</Empty> : (
        <ol class="scroll unfinished-rows" aria-label="First neurons of an unfinished ranking" tabIndex={0}>
          {rows.map(({ place, address, score }) => (
            <li key={address} class={`neuron-row ${focus.value === address ? 'looked' : ''}`} onClick={() => { focusOn(address, { push: true }); }}>
              <span class="place numbers">{place}</span>
              <button type="button" class="plain address split" title={address}>
                <span>{address.slice(0, address.indexOf('['))}</span>
                {address.slice(address.indexOf('['))}
              </button>
              <span class="score numbers"><span class="score-bar" style={{ inlineSize: `${best > 0 ? Math.min(100, (100 * Math.abs(score)) / best) : 0}%` }} />{number(score)}</span>
              <Toggle address={address} />
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
