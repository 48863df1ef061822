/** A form that asks for what an analysis needs, with the field's defaults, and says what it does. */
import { Failure, Loaded, Skeleton } from '../components/States';
import { LabelsButton } from '../components/LabelsButton';
import { NumberField } from '../components/NumberField';
import { Options } from '../components/Options';
import { Sheet } from '../components/Sheet';
import { count, number } from '../lib/format';
import { FAMILIES, isReady, needs } from '../lib/methods';
import {
  candidates, chosenOthers, classes, draft, draftError, draftMethod, draftStack, labelLoad, labelSource, labelsLoad,
  missing, send, sending, set, type Side,
} from '../services/draft';
import { model, project } from '../services/project';

const KINDS = [['annotation', 'Annotation of the words'], ['column', 'Labels of the sentence'], ['annotator', 'Made from the text']] as const;

function MethodField() {
  const by = draftMethod.value;
  return (
    <fieldset>
      <legend>Analysis</legend>
      <div class="option">
        <label for="new-method">analysis</label>
        <select id="new-method" value={by?.name ?? ''} onChange={(e) => { set({ method: e.currentTarget.value, options: {}, standardize: null }); }}>
          {FAMILIES.map(([family, title]) => {
            const all = (project.value?.rankings ?? []).filter((r) => r.family === family);
            return all.length === 0 ? null : (
              <optgroup key={family} label={title}>
                {all.map((r) => <option key={r.name} value={r.name}>{r.title}</option>)}
              </optgroup>
            );
          })}
        </select>
      </div>
      {by !== null && (
        <div class="explained">
          <p>{by.summary}</p>
          <p><code class="formula">{by.formula}</code></p>
          <p class="quiet">{by.reference}</p>
        </div>
      )}
    </fieldset>
  );
}

/** A number as a person would write it: 25, not 25.0. */
function plain(value: number | null): string {
  return value !== null && Number.isInteger(value) ? count(value) : number(value);
}

function Classes() {
  return (
    <Loaded of={labelLoad} what="What the label says" skeleton={<Skeleton lines={3} />}>
      {(info, load) => (
        <div class={load.state === 'loading' ? 'behind' : ''}>
          <p class="quiet" data-role="labelled">
            {count(info.labelled)} of {count(info.words)} words have a label
            {info.numeric && info.lowest !== null ? `, a number from ${plain(info.lowest)} to ${plain(info.highest)}` : `, ${info.classes.length} ${info.classes.length === 1 ? 'class' : 'classes'}`}.
          </p>
          {!info.numeric && (
            <ul class="classes" aria-label="Classes">
              {info.classes.map((c) => {
                const on = !draft.value.without.includes(c.name);
                const flip = () => { set({ without: on ? [...draft.value.without, c.name] : draft.value.without.filter((n) => n !== c.name) }); };
                return (
                  <li key={c.name}>
                    <label title={c.examples.join(', ')}>
                      <input type="checkbox" checked={on} onChange={flip} /> <bdi>{c.name}</bdi> <span class="quiet numbers">{count(c.words)}</span>
                    </label>
                  </li>
                );
              })}
            </ul>
          )}
        </div>
      )}
    </Loaded>
  );
}

function LabelFields() {
  const now = draft.value;
  const source = labelSource.value;
  const numeric = labelLoad.load.value.value?.numeric === true;
  return (
    <fieldset>
      <legend>Label of the words</legend>
      <div class="option">
        <label for="new-side">text</label>
        <select id="new-side" value={now.side} onChange={(e) => { set({ side: e.currentTarget.value as Side, without: [], against: '', layer: '' }); }}>
          <option value="source">source, read by the encoder</option>
          <option value="reference">reference, written by the decoder</option>
        </select>
      </div>
      <div class="option">
        <label for="new-label">label</label>
        <select id="new-label" data-role="label-choice" value={source?.name ?? ''} onChange={(e) => { set({ label: e.currentTarget.value, labelOptions: {}, without: [], against: '' }); }}>
          {KINDS.map(([kind, title]) => {
            const all = (labelsLoad.load.value.value ?? []).filter((l) => l.kind === kind);
            return all.length === 0 ? null : (
              <optgroup key={kind} label={title}>
                {all.map((l) => <option key={l.name} value={l.name}>{l.title}</option>)}
              </optgroup>
            );
          })}
        </select>
        <span class="quiet">{source?.summary}</span>
        <LabelsButton side={now.side} />
      </div>
      {source !== null && <Options id="label" parameters={source.parameters} values={now.labelOptions} onChange={(labelOptions) => { set({ labelOptions, without: [], against: '' }); }} />}
      <Classes />
      {!numeric && (
        <>
          <div class="option">
            <label for="new-against">one class against the rest</label>
            <select id="new-against" value={now.against} onChange={(e) => { set({ against: e.currentTarget.value }); }}>
              <option value="">no, all classes</option>
              {classes.value.map((c) => <option key={c.name} value={c.name}>{c.name}</option>)}
            </select>
          </div>
          <div class="option">
            <label for="new-minimum">smallest class</label>
            <NumberField id="new-minimum" min={1} step={1} value={now.minimum} aria-describedby="new-minimum-help" onTake={(n) => n >= 1 && set({ minimum: Math.round(n) })} />
            <span id="new-minimum-help" class="quiet">Words; smaller classes are left out.</span>
          </div>
          <div class="option">
            <label for="new-rest">words without a label</label>
            <input id="new-rest" type="checkbox" checked={now.rest} aria-describedby="new-rest-help" onChange={(e) => { set({ rest: e.currentTarget.checked }); }} />
            <span id="new-rest-help" class="quiet">Are a class of their own, called other.</span>
          </div>
        </>
      )}
    </fieldset>
  );
}

function OtherFields() {
  return (
    <fieldset>
      <legend>Other models on the same words</legend>
      {candidates.value.length === 0 && <p class="quiet">The project has no other model that reads this language.</p>}
      <ul class="classes" aria-label="Other models">
        {candidates.value.map((m) => {
          const on = chosenOthers.value.includes(m.name);
          return (
            <li key={m.name}>
              <label>
                <input type="checkbox" checked={on} onChange={() => { set({ others: on ? chosenOthers.value.filter((n) => n !== m.name) : [...chosenOthers.value, m.name] }); }} /> {m.title}
                {m.extracted.length === 0 && <span class="quiet"> (recorded first)</span>}
              </label>
            </li>
          );
        })}
      </ul>
      <div class="option">
        <label for="new-stack">stack</label>
        <select id="new-stack" value={draft.value.stack} onChange={(e) => { set({ stack: e.currentTarget.value as 'encoder' | 'decoder', layer: '' }); }}>
          <option value="encoder">encoder</option>
          <option value="decoder">decoder</option>
        </select>
      </div>
    </fieldset>
  );
}

function HowFields() {
  const by = draftMethod.value;
  const now = draft.value;
  if (by === null) return null;
  const stack = draftStack.value;
  const extracted = new Set(model.value?.extracted ?? []);
  const layers = (model.value?.layers ?? []).filter((l) => (stack === null || l.stack === stack) && (extracted.size === 0 || extracted.has(l.address)));
  return (
    <fieldset>
      <legend>How</legend>
      <div class="option">
        <label for="new-layer">layers</label>
        <select id="new-layer" value={now.layer} onChange={(e) => { set({ layer: e.currentTarget.value }); }}>
          <option value="">all recorded{stack === null ? '' : ` of the ${stack}`}</option>
          {layers.map((l) => <option key={l.address} value={l.address}>{l.address} ({l.width})</option>)}
        </select>
      </div>
      <Options id="method" parameters={by.parameters} values={now.options} onChange={(options) => { set({ options }); }} />
      {by.standardizable && (
        <div class="option">
          <label for="new-standardize">standardise</label>
          <input id="new-standardize" type="checkbox" checked={now.standardize ?? by.standardize} aria-describedby="new-standardize-help" onChange={(e) => { set({ standardize: e.currentTarget.checked === by.standardize ? null : e.currentTarget.checked }); }} />
          <span id="new-standardize-help" class="quiet">Values as distances from the mean in standard deviations; off is the published form.</span>
        </div>
      )}
      {!isReady(by) && (
        <div class="option">
          <label for="new-words">a word's value</label>
          <select id="new-words" value={now.words} onChange={(e) => { set({ words: e.currentTarget.value as 'first' | 'last' | 'mean' }); }}>
            <option value="last">its last piece</option>
            <option value="first">its first piece</option>
            <option value="mean">the mean of its pieces</option>
          </select>
        </div>
      )}
      {needs(by, 'seed') && (
        <div class="option">
          <label for="new-seed">seed</label>
          <NumberField id="new-seed" min={0} step={1} value={now.seed} onTake={(n) => n >= 0 && set({ seed: Math.round(n) })} />
        </div>
      )}
    </fieldset>
  );
}

export function NewRanking() {
  const by = draftMethod.value;
  return (
    <Sheet name="new" title="New ranking" narrow>
      <form
        class="new-ranking"
        onSubmit={(e) => {
          e.preventDefault();
          void send();
        }}
      >
        <MethodField />
        {by !== null && needs(by, 'labels') && <LabelFields />}
        {by !== null && needs(by, 'others') && <OtherFields />}
        <HowFields />
        <div class="form-end">
          {draftError.value !== null && <Failure error={draftError.value} what="The ranking was not made" dismiss={() => { draftError.value = null; }} />}
          {missing.value !== null && <p class="warning" role="status">{missing.value}</p>}
          <button type="submit" class="primary" disabled={missing.value !== null || sending.value}>
            {sending.value ? 'Asking' : 'Make the ranking'}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
