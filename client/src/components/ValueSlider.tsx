/** A slider with the neuron's minimum, mean and maximum marked, and a number box bound to it. */
import { useState } from 'preact/hooks';
import { readValue, type SliderRange } from '../lib/slider';
import { number } from '../lib/format';

export interface ValueSliderProps {
  label: string;
  range: SliderRange;
  value: number;
  /** Whether the value is applied; the slider can be moved all the same. */
  live: boolean;
  onChange: (value: number) => void;
}

/** Where a value lies, in the part of the track that the thumb's middle can reach. */
function at(range: SliderRange, value: number): string {
  const share = (value - range.minimum) / (range.maximum - range.minimum || 1);
  return `calc(8px + ${Math.max(0, Math.min(1, share))} * (100% - 16px))`;
}

export function ValueSlider({ label, range, value, live, onChange }: ValueSliderProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const shown = String(Number(value.toPrecision(5)));
  const [wrong, setWrong] = useState<string | null>(null);
  // Reads the box itself: a key can follow another before this component is drawn again.
  const commit = (event: { currentTarget: HTMLInputElement }) => {
    const text = event.currentTarget.value;
    if (text === shown) {
      setWrong(null);
      setTyped(null);
      return;
    }
    const found = readValue(text);
    if ('wrong' in found) {
      setWrong(found.wrong);
      return;
    }
    setWrong(null);
    setTyped(null);
    onChange(found.value);
  };
  return (
    <div class={`value-slider ${live ? 'live' : ''}`}>
      <div class="slider">
        <input
          type="range"
          aria-label={`${label}, value`}
          min={range.minimum}
          max={range.maximum}
          step={range.step}
          value={value}
          onInput={(e) => {
            setTyped(null);
            setWrong(null);
            onChange(Number(Number(e.currentTarget.value).toPrecision(6)));
          }}
        />
        <div class="marks" aria-hidden="true">
          {range.marks.map((mark) => (
            <span key={mark.label} class={`mark mark-${mark.label}`} style={{ insetInlineStart: at(range, mark.value) }} title={`${mark.label} ${number(mark.value)}`}>
              {mark.label}
            </span>
          ))}
        </div>
      </div>
      <input
        class={`numbers number-box ${wrong !== null ? 'wrong' : ''}`}
        type="text"
        inputMode="decimal"
        aria-label={`${label}, number`}
        aria-invalid={wrong !== null}
        title={wrong ?? undefined}
        value={typed ?? shown}
        onInput={(e) => { setTyped(e.currentTarget.value); }}
        onBlur={commit}
        onKeyDown={(e) => {
          if (e.key === 'Enter') commit(e);
          if (e.key === 'Escape') {
            setTyped(null);
            setWrong(null);
          }
        }}
      />
      {wrong !== null && <p class="field-wrong" role="alert">{wrong}</p>}
    </div>
  );
}
