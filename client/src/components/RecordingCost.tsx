/** What recording takes, in the place where it is started. */
import { useEffect } from 'preact/hooks';
import type { RecordingCost } from '../api/types';
import { bytes, duration } from '../lib/format';
import { recordingCost, showRecording } from '../services/recording';

/** "about 12.1 MB and 4 s". */
export function costInWords(cost: RecordingCost): string {
  return `about ${bytes(cost.bytes)} and ${duration(Math.max(1, cost.seconds))}`;
}

/** What the server has for it: "240 GB are free", with its budget if it has one. */
export function roomInWords(cost: RecordingCost): string {
  const budget = cost.max_bytes === null ? '' : `; this server allows ${bytes(cost.max_bytes)} for each model and text`;
  return `${bytes(cost.free_bytes)} are free${budget}`;
}

/** The cost of recording a model, the open one if none is named; `told` says that the reason against it stands there already. */
export function ModelRecordingCost({ of = '', told = false }: { of?: string; told?: boolean }) {
  useEffect(() => showRecording(of), [of]);
  const { state, value, error } = recordingCost(of).value;
  if (state === 'error' && error !== null) return <p class="recording-cost quiet">What recording takes is not known: {error.message}</p>;
  if (state !== 'ready' || value === null) return <p class="recording-cost quiet" role="status">Trying what recording takes</p>;
  return (
    <>
      <p class="recording-cost quiet">Recording takes {costInWords(value)}; {roomInWords(value)}.</p>
      {value.refused !== null && !told && <p class="recording-cost warning" role="status">{value.refused}</p>}
    </>
  );
}
