/** What is asked of the control protocol: a property, its two values, and how the sweep is made. */
import { LabelsButton } from '../components/LabelsButton';
import { Options } from '../components/Options';
import { blamed } from '../lib/filled';
import { count } from '../lib/format';
import { isolated } from '../lib/writing';
import {
  control, form, from, lacking, layerChoices, properties, property, setForm, startControl, to, values, type ControlForm as Asked,
} from '../services/control';

/** Id of the line that says what the form lacks. */
const WANTS = 'control-wants';

function Values() {
  return (
    <>
      <label>from
        <select value={from.value} onChange={(e) => { setForm({ from: e.currentTarget.value }); }}>
          {values.value.map((v) => <option key={v.name} value={v.name}>{isolated(v.name)} ({count(v.words)})</option>)}
        </select>
      </label>
      <label>to
        <select value={to.value} onChange={(e) => { setForm({ to: e.currentTarget.value }); }}>
          {values.value.filter((v) => v.name !== from.value).map((v) => <option key={v.name} value={v.name}>{isolated(v.name)} ({count(v.words)})</option>)}
        </select>
      </label>
    </>
  );
}

const KINDS = [['annotation', 'Annotation of the references'], ['annotator', 'Made from the text']] as const;

export function ControlForm() {
  const now = form.value;
  const source = property.value;
  const recurrent = layerChoices.value.some((l) => l.address.includes('rnn_'));
  return (
    <form
      class="control-form"
      onSubmit={(e) => {
        e.preventDefault();
        void startControl();
      }}
    >
      <div class="ablation-form">
        <label>property
          <select data-role="label-choice" value={source?.name ?? ''} onChange={(e) => { setForm({ label: e.currentTarget.value, options: {}, from: '', to: '' }); }}>
            {KINDS.map(([kind, title]) => {
              const all = properties.value.filter((l) => l.kind === kind);
              return all.length === 0 ? null : (
                <optgroup key={kind} label={title}>{all.map((l) => <option key={l.name} value={l.name}>{l.title}</option>)}</optgroup>
              );
            })}
          </select>
        </label>
        <LabelsButton side="reference" />
        <Values />
        <label>numbers of neurons
          <input type="text" class="medium" value={now.ks} {...blamed(lacking.value, 'Numbers of neurons', WANTS)} onInput={(e) => { setForm({ ks: e.currentTarget.value }); }} />
        </label>
        <label>betas
          <input type="text" class="medium" value={now.betas} {...blamed(lacking.value, 'Betas', WANTS)} onInput={(e) => { setForm({ betas: e.currentTarget.value }); }} />
        </label>
        <button type="submit" class="primary" disabled={lacking.value !== null || control.asking.value}>Try the sweep</button>
      </div>
      {source !== null && source.parameters.length > 0 && (
        <fieldset class="control-options"><Options id="property" parameters={source.parameters} values={now.options} onChange={(options) => { setForm({ options, from: '', to: '' }); }} /></fieldset>
      )}
      <details>
        <summary>neurons, alignment, sentences</summary>
        <div class="ablation-form">
          <label>neurons of
            <select value={now.layers.length === 0 ? '' : now.layers.length === 1 ? now.layers[0] : '+'} onChange={(e) => { const v = e.currentTarget.value; setForm({ layers: v === '' ? [] : v === '+' ? layerChoices.value.map((l) => l.address) : [v] }); }}>
              <option value="">the encoder&apos;s last layer</option>
              {layerChoices.value.map((l) => <option key={l.address} value={l.address}>{l.address}</option>)}
              <option value="+">all of these</option>
            </select>
          </label>
          <label>ordered by
            <select value={now.select} onChange={(e) => { setForm({ select: e.currentTarget.value as Asked['select'] }); }}>
              <option value="accuracy">accuracy of each one&apos;s Gaussian classifier</option>
              <option value="difference">distance of the class means</option>
              <option value="random">chance, to compare</option>
            </select>
          </label>
          <label>words linked by
            <select value={now.alignment} onChange={(e) => { setForm({ alignment: e.currentTarget.value as Asked['alignment'] }); }}>
              <option value="corpus">an aligner fitted to the corpus</option>
              <option value="attention">the model&apos;s attention</option>
            </select>
          </label>
          {recurrent && (
            <label>within
              <select value={now.scope} onChange={(e) => { setForm({ scope: e.currentTarget.value as Asked['scope'] }); }}>
                <option value="output">the layer&apos;s output</option>
                <option value="recurrence">the recurrence</option>
              </select>
            </label>
          )}
          <label>sentences at most
            <input type="text" inputMode="numeric" class="short" value={now.sentences} {...blamed(lacking.value, 'Sentences', WANTS)} onInput={(e) => { setForm({ sentences: e.currentTarget.value }); }} />
          </label>
        </div>
      </details>
      <p id={WANTS} class="quiet wants" role="status">{lacking.value ?? '\u00a0'}</p>
    </form>
  );
}
