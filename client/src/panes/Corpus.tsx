/** The corpus: scores slice by slice, similar sentences that come out otherwise, nearest states. */
import { Sheet } from '../components/Sheet';
import type { CorpusTab } from '../lib/view';
import { scored } from '../services/corpus';
import { unscorable } from '../services/project';
import { change, viewed } from '../services/store';
import { CorpusCounterparts } from './CorpusCounterparts';
import { CorpusNearest } from './CorpusNearest';
import { CorpusSlices } from './CorpusSlices';

const TABS: readonly (readonly [CorpusTab, string])[] = [
  ['slices', 'Scores of slices'], ['differ', 'Similar, but otherwise'], ['near', 'Nearest states'],
];

/** Whether the model on the screen has what a tab shows. */
function offered(tab: CorpusTab): boolean {
  return tab === 'near' || scored.value;
}

function Tabs({ shown }: { shown: CorpusTab }) {
  return (
    <div class="tabs" role="group" aria-label="What is shown of the corpus">
      {TABS.filter(([tab]) => offered(tab)).map(([tab, title]) => (
        <button key={tab} type="button" class="small" aria-pressed={tab === shown} onClick={() => { change({ corpusTab: tab }, { push: true }); }}>{title}</button>
      ))}
    </div>
  );
}

export function Corpus() {
  const shown = offered(viewed.corpusTab.value) ? viewed.corpusTab.value : 'near';
  return (
    <Sheet name="corpus" title="Corpus">
      <div class="corpus" data-role="corpus">
        <Tabs shown={shown} />
        {unscorable.value !== null && <p class="quiet">Nothing here by scores or outcomes. {unscorable.value}</p>}
        {shown === 'slices' && <CorpusSlices />}
        {shown === 'differ' && <CorpusCounterparts />}
        {shown === 'near' && <CorpusNearest />}
      </div>
    </Sheet>
  );
}
