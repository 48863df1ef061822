/** What the colours mean, always in sight: signed ends, zero, scale and palette. */
import { binClass, neuronScale, Z_LIMIT, type Palette, type Scale } from '../lib/colour';
import { number } from '../lib/format';
import { momentsOf } from '../services/neuron';
import { focus } from '../services/ranking';
import { change, viewed } from '../services/store';

const STEPS = [-20, -16, -12, -8, -4, 0, 4, 8, 12, 16, 20];
const PALETTES: [Palette, string][] = [
  ['rdbu', 'red \u2212 blue +'],
  ['puor', 'orange \u2212 purple +'],
  ['mono', 'grey, underlined'],
];

function ends(): [string, string, string] {
  const known = momentsOf(focus.value);
  if (viewed.scale.value === 'z' && known?.mean !== null && known !== null && known.deviation !== null && known.deviation > 0) {
    return [`\u2212${Z_LIMIT} sd`, 'mean', `+${Z_LIMIT} sd`];
  }
  if (known === null) return ['negative', '0', 'positive'];
  const { limit } = neuronScale('raw', known, []);
  return limit > 0 ? [number(-limit), '0', `+${number(limit)}`] : ['negative', '0', 'positive'];
}

export function Legend() {
  const [low, middle, high] = ends();
  return (
    <div class="legend" role="group" aria-label="Colour scale">
      <span class="numbers">{low}</span>
      <span class="legend-bar" role="img" aria-label={`Red to blue: ${low}, ${middle}, ${high}`}>
        {STEPS.map((bin) => <span key={bin} class={binClass(bin)}>{bin === 0 ? middle : bin < 0 ? '\u2212' : '+'}</span>)}
      </span>
      <span class="numbers">{high}</span>
    </div>
  );
}

/** Scale and palette. */
export function ColourChoice() {
  return (
    <>
      <select aria-label="Scale of the colours" value={viewed.scale.value} onChange={(e) => { change({ scale: e.currentTarget.value as Scale }); }}>
        <option value="z">standard score</option>
        <option value="raw">raw value</option>
      </select>
      <select aria-label="Colours" value={viewed.palette.value} onChange={(e) => { change({ palette: e.currentTarget.value as Palette }); }}>
        {PALETTES.map(([value, label]) => <option key={value} value={value}>{label}</option>)}
      </select>
    </>
  );
}
