/** Manipulation sets: kept under a name, chosen, scored, tried, exported and imported. */
import { signal } from '@preact/signals';
import { useRef, useState } from 'preact/hooks';
import type { SetInfo } from '../api/types';
import { SetScore } from '../components/SetBar';
import { Empty, Failure, Loaded, Skeleton } from '../components/States';
import { Icon } from '../components/Icon';
import { Sheet } from '../components/Sheet';
import { TryOut } from '../components/Tried';
import { count } from '../lib/format';
import { saidNeurons, saidTogether } from '../lib/said';
import { sideOf } from '../services/labels';
import { model } from '../services/project';
import { interventions } from '../services/selection';
import {
  cannotOpen, exportSets, importSets, openSet, removeSet, renameSet, saveSet, sets, setsError, setsLoad, showSet, triedWith, working,
} from '../services/sets';
import { change, viewed } from '../services/store';

const name = signal('');
/** No set's "try" is open, also not that of the set which was tried. */
const NONE = '-';

function Save() {
  const applied = interventions.value.length;
  const replaces = sets.value.some((s) => s.name === name.value.trim());
  return (
    <form
      class="inline-fields set-save"
      onSubmit={(e) => {
        e.preventDefault();
        void saveSet(name.value.trim()).then((kept) => { if (kept) name.value = ''; });
      }}
    >
      <label class="inline">keep the {count(applied)} {applied === 1 ? 'neuron' : 'neurons'} applied now as
        <input type="text" maxLength={80} placeholder="a name" value={name.value} onInput={(e) => { name.value = e.currentTarget.value; }} />
      </label>
      <button type="submit" class="primary" disabled={applied === 0 || name.value.trim() === '' || working.value}>{replaces ? 'Replace the set' : 'Keep'}</button>
      {applied === 0 && <span class="quiet">Select neurons and switch them on first.</span>}
    </form>
  );
}

function Files() {
  const file = useRef<HTMLInputElement>(null);
  return (
    <div class="inline-fields">
      <button type="button" class="small" disabled={sets.value.length === 0} onClick={() => { exportSets(sets.value); }}>Export as JSON</button>
      <button type="button" class="small" disabled={working.value} onClick={() => { file.current?.click(); }}>Import{'\u2026'}</button>
      <input
        ref={file}
        type="file"
        class="unseen"
        tabIndex={-1}
        accept="application/json,.json"
        aria-label="A file of sets"
        onChange={(e) => {
          const chosen = e.currentTarget.files?.[0];
          if (chosen !== undefined) void importSets(chosen);
          e.currentTarget.value = '';
        }}
      />
    </div>
  );
}

/** What a set does: a line for each way in which neurons are changed. */
function What({ set }: { set: SetInfo }) {
  const lines = saidTogether(set.interventions, sideOf);
  const widthOf = (layer: string) => model.value?.layers.find((l) => l.address === layer)?.width;
  return (
    <ul class="set-what">
      {lines.slice(0, 4).map(({ neurons, what }) => (
        <li key={what}>
          <span class="address" title={neurons.slice(0, 40).join(' ')}>{saidNeurons(neurons, widthOf)}</span> {what}
        </li>
      ))}
      {lines.length > 4 && <li class="quiet">and {count(lines.length - 4)} more</li>}
    </ul>
  );
}

function Name({ set }: { set: SetInfo }) {
  const [typed, setTyped] = useState<string | null>(null);
  if (typed === null) {
    return (
      <>
        <b class="set-title">{set.name}</b>{' '}
        <button type="button" class="plain tiny" aria-label={`Rename ${set.name}`} onClick={() => { setTyped(set.name); }}><Icon name="edit" /></button>
      </>
    );
  }
  const commit = () => {
    const wanted = typed.trim();
    if (wanted === '' || wanted === set.name) setTyped(null);
    else void renameSet(set, wanted).then((done) => { if (done) setTyped(null); });
  };
  return (
    <input
      type="text"
      maxLength={80}
      aria-label={`New name of ${set.name}`}
      value={typed}
      ref={(e) => { if (e !== null && document.activeElement !== e) e.focus(); }}
      onInput={(e) => { setTyped(e.currentTarget.value); }}
      onBlur={commit}
      onKeyDown={(e) => {
        if (e.key === 'Enter') commit();
        if (e.key === 'Escape') {
          e.preventDefault();
          e.stopPropagation();
          setTyped(null);
        }
      }}
    />
  );
}

function Row({ set }: { set: SetInfo }) {
  const shown = viewed.sets.value.includes(set.id);
  const closed = cannotOpen(set);
  const trying = viewed.trialOf.value;
  const open = trying === set.id || (trying === '' && triedWith(set.interventions) !== null);
  return (
    <tbody data-set={set.id}>
      <tr>
        <td>
          <input type="checkbox" role="switch" class="switch" aria-label={`Show ${set.name} under each sentence`} checked={shown} onChange={() => { showSet(set.id, !shown); }} />
        </td>
        <th scope="row"><Name set={set} /></th>
        <td><What set={set} /></td>
        <td><SetScore set={set} /></td>
        <td class="set-actions">
          <button type="button" class="small" disabled={closed !== null} title={closed ?? 'Select its neurons to look at them and change them; keep them again under the same name'} onClick={() => { name.value = set.name; openSet(set); }}>Edit</button>
          <button type="button" class="small" aria-expanded={open} onClick={() => { change({ trialOf: open ? NONE : set.id, trial: '' }); }}>Try{'\u2026'}</button>
          <button type="button" class="plain tiny" aria-label={`Delete ${set.name}`} onClick={() => void removeSet(set)}><Icon name="close" /></button>
        </td>
      </tr>
      {open && <tr><td /><td colSpan={4}><TryOut edits={set.interventions} /></td></tr>}
    </tbody>
  );
}

function List({ list }: { list: readonly SetInfo[] }) {
  if (list.length === 0) {
    return (
      <Empty title="No set yet">
        A set is what you do to neurons, under a name. Switch some neurons on in the list of selected neurons, give the set a name above
        and keep it; then show several sets side by side under each sentence and compare what they do to the corpus.
      </Empty>
    );
  }
  return (
    <table class="sets-table">
      <thead>
        <tr>
          <th scope="col">show</th><th scope="col">name</th><th scope="col">what it does</th><th scope="col">whole corpus</th>
          <th scope="col"><span class="unseen">actions</span></th>
        </tr>
      </thead>
      {list.map((set) => <Row key={set.id} set={set} />)}
    </table>
  );
}

export function Sets() {
  return (
    <Sheet name="sets" title="Manipulation sets">
      <Save />
      <Files />
      {setsError.value !== null && !sets.value.some((s) => s.id === viewed.trialOf.value) && (
        <Failure error={setsError.value.error} what={setsError.value.what} dismiss={() => { setsError.value = null; }} />
      )}
      <Loaded of={setsLoad} what="The sets" skeleton={<Skeleton lines={4} />}>
        {() => <List list={sets.value} />}
      </Loaded>
    </Sheet>
  );
}
