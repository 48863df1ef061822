/** Which analysis orders the neurons, over which layers, and how it works. */
import { Icon } from '../components/Icon';
import { Pane } from '../components/Pane';
import { address } from '../api/client';
import { count } from '../lib/format';
import { FIRST_METHOD, method, model, project } from '../services/project';
import { exportPath, ranked } from '../services/ranking';
import { change, viewed } from '../services/store';

const HELP = (
  <>
    <p>An analysis gives every neuron a score and puts the best first. Choose one, and the layers it looks at; the list below follows.</p>
    <p>A ranking that is not there yet is made now. Its signature says exactly what it came from.</p>
  </>
);

function setMethod(name: string): void {
  change({ method: name === FIRST_METHOD ? '' : name }, { push: true });
}

function Methods() {
  const now = method.value;
  return (
    <div class="methods" role="radiogroup" aria-label="Analysis">
      {project.value?.rankings.map((r) => (
        <label key={r.name} class={`method ${now?.name === r.name ? 'chosen' : ''}`} title={r.summary}>
          <input type="radio" name="method" value={r.name} checked={now?.name === r.name} onChange={() => { setMethod(r.name); }} />
          {r.title}
        </label>
      ))}
    </div>
  );
}

function Layers() {
  const all = model.value?.layers ?? [];
  const extracted = new Set(model.value?.extracted ?? []);
  const chosen = viewed.layers.value;
  const choose = (value: string) => {
    change({ layers: value === '' ? [] : value === 'encoder' || value === 'decoder' ? all.filter((l) => l.stack === value).map((l) => l.address) : [value] }, { push: true });
  };
  const stack = (['encoder', 'decoder'] as const).find((s) => {
    const of = all.filter((l) => l.stack === s).map((l) => l.address);
    return of.length > 1 && of.length === chosen.length && of.every((l) => chosen.includes(l));
  });
  const several = chosen.length > 1 && stack === undefined;
  const value = stack ?? (chosen.length === 0 ? '' : several ? 'several' : (chosen[0] ?? ''));
  return (
    <label class="inline grow">
      layers
      <select class="layers" value={value} onChange={(e) => { choose(e.currentTarget.value); }}>
        <option value="">all recorded layers</option>
        {several && <option value="several">{chosen.length} layers of the address</option>}
        <option value="encoder">encoder</option>
        <option value="decoder">decoder</option>
        {all.map((l) => (
          <option key={l.address} value={l.address}>
            {l.address} ({l.width}){extracted.size > 0 && !extracted.has(l.address) ? ', not recorded' : ''}
          </option>
        ))}
      </select>
    </label>
  );
}

export function Rankings() {
  const now = method.value;
  const path = exportPath.value;
  const made = ranked.value?.info.model === model.value?.name ? ranked.value : null;
  return (
    <Pane
      id="rankings"
      title="Rankings"
      help={HELP}
      note={made !== null && <span class="quiet numbers">{count(made.info.neurons)} neurons</span>}
      actions={<Layers />}
    >
      <div class="ranking-form">
        <Methods />
        {now !== null && (
          <details class="method-about">
            <summary>{now.summary}</summary>
            <p><code class="formula">{now.formula}</code></p>
            <p class="quiet">{now.reference}</p>
            {made !== null && <p class="quiet signature">signature <code>{made.info.signature}</code></p>}
            {made !== null && path !== null && (
              <p class="downloads">
                <a class="button small" href={address(`${path}?format=csv`)} download><Icon name="download" /> CSV</a>
                <a class="button small" href={address(`${path}?format=json`)} download><Icon name="download" /> JSON</a>
              </p>
            )}
          </details>
        )}
      </div>
    </Pane>
  );
}

