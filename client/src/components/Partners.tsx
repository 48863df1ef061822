/** The neuron's best partners in other models, painted side by side with it. */
import { signedFixed } from '../lib/format';
import { stackOf } from '../lib/address';
import { project } from '../services/project';
import { pairLoad, partners, type Painted } from '../services/partners';
import { modelTitle } from '../services/rankings';
import { TokenRow } from './TokenRow';

function Row({ painted, name }: { painted: Painted; name: string }) {
  const side = stackOf(painted.neuron) === 'encoder' ? 'source' : 'reference';
  const of = project.value?.models.find((m) => m.name === painted.model);
  return (
    <div role="grid" aria-label={`${painted.neuron} over the current sentence`}>
      <div role="row" class="partner-row">
        <span role="rowheader" class="quiet">{name}</span>
        <TokenRow
          neuron={painted.neuron} item="pair" side={side} of={of}
          text={{ start: painted.start, count: painted.view.words.length, view: painted.view, kind: side }} values={painted.values}
          moments={painted.moments} pieces={false} positions={null}
        />
      </div>
    </div>
  );
}

export function Partners() {
  if (partners.value.length === 0) return null;
  const painted = pairLoad.load.value.value ?? [];
  const own = painted[0];
  return (
    <div class="partners" data-role="partners">
      <h3>In other models</h3>
      {own !== undefined && <Row painted={own} name="this" />}
      {partners.value.map((p) => {
        const found = painted.find((x) => x.model === p.model && x.neuron === p.neuron);
        return (
          <div key={p.model} class="partner">
            <p><b>{modelTitle(p.model)}</b> <code>{p.neuron}</code> <span class="numbers">{`r\u00a0=\u00a0${signedFixed(p.correlation, 2)}`}</span></p>
            {found !== undefined && <Row painted={found} name="partner" />}
          </div>
        );
      })}
    </div>
  );
}
