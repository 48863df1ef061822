/** What could have stood at every step of a decoding; a click forces it. */
import type { DecodedLine, DecodedStep } from '../api/types';
import { pieceText, wordOf } from '../lib/decoding';
import { percent } from '../lib/format';
import { keepStop, rove } from '../lib/roving';
import { hoverKey } from '../services/hover';
import { written } from '../services/writing';

export interface AlternativesProps {
  line: DecodedLine;
  /** Ids that end a text. */
  ends: readonly number[];
  /** Key that words are lit by. */
  item: string;
  force: (step: number, token: number, piece: string) => void;
}

function Choice({ step, place, rank, ends, force }: { step: DecodedStep; place: number; rank: number; ends: boolean; force: AlternativesProps['force'] }) {
  const one = step.alternatives[rank];
  if (one === undefined) return null;
  const chosen = step.rank === rank;
  const p = Math.exp(one.logprob);
  return (
    <li>
      <button
        type="button"
        class={`alternative ${chosen ? 'chosen' : ''}`}
        data-x={place}
        data-y={rank}
        tabIndex={place === 0 && rank === 0 ? 0 : -1}
        aria-disabled={ends}
        aria-current={chosen ? 'true' : undefined}
        title={ends ? 'The end cannot be forced: nothing would be left to decode.' : chosen ? 'Chosen. Click to hold everything up to here.' : 'Force this one and decode on.'}
        style={{ '--p': `${(100 * p).toFixed(1)}%` }}
        onClick={() => {
          if (!ends) force(place, one.token, one.piece);
        }}
      >
        <span class="piece" dir="auto">{pieceText(one.piece)}</span>
        <span class="numbers">{chosen && '\u2713 '}{percent(p)}</span>
      </button>
    </li>
  );
}

export function Alternatives({ line, ends, item, force }: AlternativesProps) {
  const anyForced = line.steps.some((step) => step.forced);
  return (
    <ol class="steps" {...written(line.view.text, 'target')} aria-label="Steps of the decoding" onKeyDown={rove} onFocusIn={keepStop}>
      {line.steps.map((step, place) => {
        const word = wordOf(line.view.piece_words, place);
        return (
          <li key={place} class={`step ${step.forced ? 'forced' : ''}`}>
            <div class="step-made" data-h={word < 0 ? undefined : hoverKey(item, 'target', word)}>
              <b class="piece" dir="auto">{pieceText(step.piece)}</b>
              {step.rank === null && <span class="quiet numbers">{percent(Math.exp(step.logprob))}</span>}
            </div>
            {anyForced && <p class="step-note">{step.forced ? 'forced' : '\u00a0'}</p>}
            <ol>
              {step.alternatives.map((_, rank) => (
                <Choice key={rank} step={step} place={place} rank={rank} ends={ends.includes(step.alternatives[rank]?.token ?? -1)} force={force} />
              ))}
            </ol>
          </li>
        );
      })}
    </ol>
  );
}
