/** The value of the word pointed at, in words; it keeps its room when there is none. */
import { fixed, signed } from '../lib/format';
import { reading } from '../services/reading';

export function StatusLine() {
  const now = reading.value;
  return (
    <div class="status-line" role="status" aria-live="off">
      {now === null ? (
        <span class="quiet">Point at a word to read its value.</span>
      ) : (
        <>
          <b class="said"><bdi>{now.text}</bdi></b> <span class="numbers value">{signed(now.raw)}</span>
          {now.z !== null && <span class="numbers"> = {now.z > 0 ? '+' : ''}{fixed(now.z, 2)} sd</span>}
          <span class="quiet"> of <span class="address">{now.neuron}</span>, {now.place}</span>
        </>
      )}
    </div>
  );
}
