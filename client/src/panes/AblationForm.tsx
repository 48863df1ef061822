/** What is ablated, in which orders, and how: the form above the curves. */
import { blamed } from '../lib/filled';
import { count } from '../lib/format';
import { metricTitle } from '../lib/metrics';
import { asking, chooseScore, form, headLayers, isWhole, lacking, recurrent, scores, setForm, startAblation, type AblationForm as Form } from '../services/ablating';
import type { Direction } from '../services/ablation';
import { model } from '../services/project';
import { ranked } from '../services/ranking';
import { made, nameOfPart } from '../services/rankings';
import { selected } from '../services/selection';

export const DIRECTIONS: [Direction, string][] = [['top', 'most important first'], ['bottom', 'least important first'], ['random', 'random (5 orders)']];

/** Id of the line that says what the form lacks. */
const WANTS = 'ablate-wants';

/** How a ranking that was made stands among the choices. */
const MADE = 'made:';

function What() {
  const now = form.value;
  const shown = ranked.value;
  const others = made.value.filter((info) => info.id !== shown?.info.id || info.id === now.ranking);
  const name = shown === null ? 'none yet' : `${shown.info.title}${shown.label === '' ? '' : `, ${shown.label}`}`;
  const chosen = selected.value.length;
  return (
    <label>neurons of
      <select
        class="what"
        value={now.of === 'ranking' && others.some((info) => info.id === now.ranking) ? MADE + now.ranking : now.of}
        onChange={(e) => {
          const value = e.currentTarget.value;
          setForm(value.startsWith(MADE) ? { of: 'ranking', ranking: value.slice(MADE.length) } : { of: value as Form['of'], ranking: '' });
        }}
      >
        <optgroup label="more and more of">
          <option value="ranking">the ranking shown: {name}</option>
          {others.map((info) => <option key={info.id} value={MADE + info.id}>{nameOfPart(info.id)}</option>)}
          <option value="selection">the {count(chosen)} selected, in their order</option>
        </optgroup>
        <optgroup label="as a whole">
          <option value="these">exactly the {count(chosen)} selected</option>
          <option value="others">everything but the {count(chosen)} selected, in their layers</option>
          <option value="layers">whole layers, one by one</option>
          {(headLayers.value.length > 0 || now.of === 'heads') && <option value="heads">the heads of a layer, one by one</option>}
        </optgroup>
      </select>
    </label>
  );
}

function Layer() {
  const now = form.value;
  const layers = model.value?.layers ?? [];
  if (now.of === 'heads' && headLayers.value.length > 0) {
    return (
      <label>layer
        <select value={headLayers.value.includes(now.headsOf) ? now.headsOf : (headLayers.value[0] ?? '')} onChange={(e) => { setForm({ headsOf: e.currentTarget.value }); }}>
          {headLayers.value.map((a) => <option key={a} value={a}>{a}</option>)}
        </select>
      </label>
    );
  }
  if (now.of !== 'layers') return null;
  return (
    <label>layer
      <select value={layers.find((l) => l.address === now.layers[0])?.address ?? ''} onChange={(e) => { setForm({ layers: e.currentTarget.value === '' ? [] : [e.currentTarget.value] }); }}>
        <option value="">every layer</option>
        {layers.map((l) => <option key={l.address} value={l.address}>{l.address} ({count(l.width)})</option>)}
      </select>
    </label>
  );
}

function Orders() {
  const now = form.value;
  return (
    <fieldset>
      <legend>orders</legend>
      {DIRECTIONS.map(([direction, text]) => (
        <label key={direction} class="inline">
          <input
            type="checkbox"
            checked={now.directions.includes(direction)}
            onChange={(e) => {
              const wanted = e.currentTarget.checked;
              setForm({ directions: DIRECTIONS.map(([d]) => d).filter((d) => (d === direction ? wanted : now.directions.includes(d))) });
            }}
          />
          {text}
        </label>
      ))}
    </fieldset>
  );
}

/** What is counted at each point; a model with one score only has nothing to choose. */
function Scores() {
  const all = model.value?.metrics ?? [];
  if (all.length < 2) return null;
  return (
    <fieldset>
      <legend>scores</legend>
      {all.map((name) => {
        const on = scores.value.includes(name);
        const last = on && scores.value.length === 1;
        return (
          <label key={name} class="inline" title={name === 'ter' ? 'Slow: the edits from each translation to its reference' : last ? 'At least one' : undefined}>
            <input type="checkbox" checked={on} disabled={last} onChange={(e) => { chooseScore(name, e.currentTarget.checked); }} />
            {metricTitle(name)}
          </label>
        );
      })}
    </fieldset>
  );
}

export function AblationForm() {
  const now = form.value;
  const whole = isWhole(now.of);
  const all = now.steps === 'adaptive' || now.of === 'selection';
  return (
    <form
      class="ablation-form"
      onSubmit={(e) => {
        e.preventDefault();
        void startAblation();
      }}
    >
      <What />
      <Layer />
      {!whole && <Orders />}
      <label>set to
        <select value={now.operation} onChange={(e) => { setForm({ operation: e.currentTarget.value as Form['operation'] }); }}>
          <option value="zero">zero</option>
          <option value="mean">their mean</option>
          <option value="resample">values of other tokens (resample)</option>
        </select>
      </label>
      {recurrent.value && (
        <label>within
          <select value={now.scope} onChange={(e) => { setForm({ scope: e.currentTarget.value as Form['scope'] }); }}>
            <option value="output">the layer&apos;s output</option>
            <option value="recurrence">the recurrence</option>
          </select>
        </label>
      )}
      {!whole && <><label>steps
        <select value={now.steps} onChange={(e) => { setForm({ steps: e.currentTarget.value as Form['steps'] }); }}>
          {(['5', '10', '20', '40'] as const).map((n) => <option key={n} value={n}>{n} equal</option>)}
          <option value="adaptive">adaptive</option>
        </select>
      </label>
      <label>up to
        <input type="text" inputMode="numeric" class="short" placeholder="all" disabled={all} title={all ? 'Goes through all of them' : 'Neurons at most'} value={all ? '' : now.most} {...blamed(lacking.value, 'Up to', WANTS)} onInput={(e) => { setForm({ most: e.currentTarget.value }); }} />
      </label></>}
      <label>sentences
        <input type="text" inputMode="numeric" class="short" placeholder="all" title="The first so many of the corpus" value={now.sentences} {...blamed(lacking.value, 'Sentences', WANTS)} onInput={(e) => { setForm({ sentences: e.currentTarget.value }); }} />
      </label>
      <Scores />
      <button type="submit" class="primary" disabled={lacking.value !== null || asking.value}>{whole ? 'Ablate them' : 'Draw the curves'}</button>
      <p id={WANTS} class="quiet wants" role="status">{lacking.value ?? '\u00a0'}</p>
    </form>
  );
}
