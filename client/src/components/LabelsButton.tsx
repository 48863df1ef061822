/** The way from wherever a label is chosen to the labels of a file. */
import type { Side } from '../services/draft';
import { addLabels } from '../services/labelFiles';

export function LabelsButton({ side }: { side: Side }) {
  return <button type="button" class="small labels-button" onClick={() => { addLabels(side); }}>Labels from a file{'\u2026'}</button>;
}
