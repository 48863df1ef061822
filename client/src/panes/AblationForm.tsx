/** What is ablated, in which orders, and how: the form above the curves. */
import { layerOf } from '../lib/address';
import { count } from '../lib/format';
import { asking, form, headLayers, isWhole, setForm, startAblation, type Direction } from '../services/ablation';
import { model } from '../services/project';
import { ranked } from '../services/ranking';
import { selected } from '../services/selection';

export const DIRECTIONS: [Direction, string][] = [['top', 'most important first'], ['bottom', 'least important first'], ['random', 'random (5 orders)']];

function wholeNumber(text: string): number | null {
  const found = Number(text);
  return text !== '' && Number.isInteger(found) && found > 0 ? found : null;
}

export function AblationForm() {
  const now = form.value;
  const info = ranked.value;
  const recurrent = selected.value.some((n) => (layerOf(model.value?.layers ?? [], n.address)?.scopes ?? []).includes('recurrence'))
    || (info?.info.layers ?? []).some((l) => l.address.includes('rnn_')) || (now.of === 'layers' && (model.value?.layers ?? []).some((l) => l.scopes.includes('recurrence')));
  const name = info === null ? 'no ranking' : `${info.info.title}${info.label === '' ? '' : `, ${info.label}`}`;
  const whole = isWhole(now.of);
  const ready = now.of === 'ranking' ? info !== null
    : now.of === 'layers' ? true : now.of === 'heads' ? headLayers.value.length > 0 : selected.value.length > 0;
  return (
    <form
      class="ablation-form"
      onSubmit={(e) => {
        e.preventDefault();
        void startAblation();
      }}
    >
      <label>neurons of
        <select value={now.of} onChange={(e) => { setForm({ of: e.currentTarget.value as typeof now.of }); }}>
          <optgroup label="more and more of">
            <option value="ranking">the ranking shown: {name}</option>
            <option value="selection">the {count(selected.value.length)} selected, in their order</option>
          </optgroup>
          <optgroup label="as a whole">
            <option value="these">exactly the {count(selected.value.length)} selected</option>
            <option value="others">everything but the {count(selected.value.length)} selected, in their layers</option>
            <option value="layers">whole layers, one by one</option>
            {headLayers.value.length > 0 && <option value="heads">the heads of a layer, one by one</option>}
          </optgroup>
        </select>
      </label>
      {now.of === 'heads' && (
        <label>layer
          <select value={now.headsOf} onChange={(e) => { setForm({ headsOf: e.currentTarget.value }); }}>
            {headLayers.value.map((a, i) => <option key={a} value={i === 0 ? '' : a}>{a}</option>)}
          </select>
        </label>
      )}
      {now.of === 'layers' && (
        <label>layer
          <select value={now.layer} onChange={(e) => { setForm({ layer: e.currentTarget.value }); }}>
            <option value="">every layer</option>
            {(model.value?.layers ?? []).map((l) => <option key={l.address} value={l.address}>{l.address} ({count(l.width)})</option>)}
          </select>
        </label>
      )}
      {!whole && <fieldset>
        <legend>orders</legend>
        {DIRECTIONS.map(([direction, text]) => (
          <label key={direction} class="inline">
            <input
              type="checkbox"
              checked={now.directions.includes(direction)}
              onChange={(e) => {
                const rest = now.directions.filter((d) => d !== direction);
                setForm({ directions: e.currentTarget.checked ? [...rest, direction] : rest });
              }}
            />
            {text}
          </label>
        ))}
      </fieldset>}
      <label>set to
        <select value={now.operation} onChange={(e) => { setForm({ operation: e.currentTarget.value as typeof now.operation }); }}>
          <option value="zero">zero</option>
          <option value="mean">their mean</option>
          <option value="resample">values of other tokens (resample)</option>
        </select>
      </label>
      {recurrent && (
        <label>within
          <select value={now.scope} onChange={(e) => { setForm({ scope: e.currentTarget.value as typeof now.scope }); }}>
            <option value="output">the layer's output</option>
            <option value="recurrence">the recurrence</option>
          </select>
        </label>
      )}
      {!whole && <><label>steps
        <select value={String(now.steps)} onChange={(e) => { const v = e.currentTarget.value; setForm({ steps: v === 'adaptive' ? 'adaptive' : Number(v) }); }}>
          {[5, 10, 20, 40].map((n) => <option key={n} value={String(n)}>{n} equal</option>)}
          <option value="adaptive">adaptive</option>
        </select>
      </label>
      <label>up to
        <input type="text" inputMode="numeric" class="short" placeholder="all" disabled={now.steps === 'adaptive' || now.of === 'selection'} value={now.most === null ? '' : String(now.most)} onChange={(e) => { setForm({ most: wholeNumber(e.currentTarget.value) }); }} />
      </label></>}
      <label>sentences
        <input type="text" inputMode="numeric" class="short" placeholder="all" value={now.sentences === null ? '' : String(now.sentences)} onChange={(e) => { const n = wholeNumber(e.currentTarget.value); setForm({ sentences: n === null ? null : Math.max(10, n) }); }} />
      </label>
      <button type="submit" class="primary" disabled={!ready || asking.value || (!whole && now.directions.length === 0)}>{whole ? 'Ablate them' : 'Draw the curves'}</button>
    </form>
  );
}
