/** The gender experiment: which form occupations get with he and with she, before and after. */
import { Changed } from '../components/Changed';
import { Experiments } from '../components/Experiments';
import { Sheet } from '../components/Sheet';
import { Doubts, Empty, Failure, Loaded, Skeleton } from '../components/States';
import { Written } from '../components/Written';
import type { BiasCase, BiasResult, BiasSummary } from '../api/types';
import { count, percent, signedFixed } from '../lib/format';
import {
  bias, form, lacking, listedCases, materialLoad, occupations, planned, setForm, startBias, templates, type Which,
} from '../services/bias';
import { model, titleOf } from '../services/project';
import { interventions } from '../services/selection';
import { written } from '../services/writing';

function Form() {
  const changed = interventions.value.length;
  const { kind } = form.value;
  return (
    <form
      class="bias-form"
      onSubmit={(e) => {
        e.preventDefault();
        void startBias();
      }}
    >
      <div class="inline-fields">
        <label class="inline"><input type="radio" name="bias-kind" checked={kind === 'templates'} onChange={() => { setForm({ kind: 'templates' }); }} /> occupations in templates</label>
        <label class="inline"><input type="radio" name="bias-kind" checked={kind === 'own'} onChange={() => { setForm({ kind: 'own' }); }} /> sentences of your own</label>
        <button type="submit" class="primary" disabled={lacking.value !== null || bias.asking.value}>
          {changed === 0 ? 'Count' : `Count before and after ${count(changed)} ${changed === 1 ? 'change' : 'changes'}`}
        </button>
        <span class="quiet" role="status">{lacking.value ?? `${count(planned.value)} sentences`}</span>
      </div>
      {kind === 'templates' ? (
        <details>
          <summary>templates and occupations</summary>
          <div class="bias-fields">
            <label>templates, one a line, with {'{noun}'} first and {'{pronoun}'}
              <textarea rows={5} value={templates.value} spellcheck={false} onInput={(e) => { setForm({ templates: e.currentTarget.value }); }} />
            </label>
            <label>occupations, one a line, with the gender of the stereotype (m or f)
              <textarea rows={5} value={occupations.value} spellcheck={false} onInput={(e) => { setForm({ occupations: e.currentTarget.value }); }} />
            </label>
          </div>
        </details>
      ) : (
        <label class="bias-own">sentences, one a line; each begins with the person and holds he or she (him, his, her)
          <textarea rows={5} value={form.value.sentences} placeholder="The doctor said that she was late." onInput={(e) => { setForm({ sentences: e.currentTarget.value }); }} />
        </label>
      )}
    </form>
  );
}

const SAID = [['m', 'he'], ['f', 'she']] as const;
const FORMS = [['m', 'masculine'], ['f', 'feminine'], ['unknown', 'not seen']] as const;

function of(summary: BiasSummary, key: string): number {
  return summary.forms[key] ?? 0;
}

/** How often each form is produced for each pronoun, as bars that fill a row. */
function Bars({ found, when, said, pronoun }: { found: BiasResult; when: 'before' | 'after'; said: 'm' | 'f'; pronoun: string }) {
  const summary = found[when];
  const all = FORMS.map(([form]) => of(summary, `${said}->${form}`)).reduce((a, b) => a + b, 0);
  return (
    <tr>
      <th scope="row">{pronoun}, {when}</th>
      <td aria-hidden="true">
        <div class="bias-bar">{FORMS.map(([form]) => {
          const n = of(summary, `${said}->${form}`);
          return n === 0 ? null : <span key={form} class={`form-${form} ${form === said ? 'right' : ''}`} style={{ inlineSize: `${(100 * n) / Math.max(all, 1)}%` }}>{n / Math.max(all, 1) > 0.12 ? count(n) : '\u00a0'}</span>;
        })}</div>
      </td>
      {FORMS.map(([form, name]) => <td key={form} class="numbers"><span class="unseen">{name} </span>{count(of(summary, `${said}->${form}`))}</td>)}
    </tr>
  );
}

function Counts({ found, changed }: { found: BiasResult; changed: boolean }) {
  const times = changed ? (['before', 'after'] as const) : (['before'] as const);
  return (
    <section>
      <h3>Which form the person gets</h3>
      <table class="bias-counts">
        <thead><tr><th scope="col">the sentence says</th><th scope="col"><span class="unseen">share</span></th>{FORMS.map(([form, name]) => <th key={form} scope="col"><span class={`swatch form-${form}`} aria-hidden="true" /> {name}</th>)}</tr></thead>
        <tbody>{SAID.flatMap(([said, pronoun]) => times.map((when) => <Bars key={said + when} found={found} when={when} said={said} pronoun={pronoun} />))}</tbody>
      </table>
      <p class="quiet">The form is read off the determiner, or the ending of the noun; the framed part is the right one.</p>
    </section>
  );
}

const ROWS: readonly (readonly [keyof BiasSummary & string, string, string, boolean])[] = [
  ['accuracy', 'accuracy', 'the form agrees with the pronoun, of all whose form is seen', false],
  ['accuracy_m', 'with he', '', false],
  ['accuracy_f', 'with she', '', false],
  ['delta_g', '\u0394G', 'he less she: above zero, men are translated better', true],
  ['pro', 'pro-stereotypical', 'the pronoun is that of most people in the occupation', false],
  ['anti', 'anti-stereotypical', 'it is the other one', false],
  ['delta_s', '\u0394S', 'pro less anti: above zero, the stereotype decides', true],
];

function share(value: unknown, difference: boolean): string {
  if (typeof value !== 'number') return 'n/a';
  return difference ? `${signedFixed(100 * value)} points` : percent(value);
}

function Shares({ found, changed }: { found: BiasResult; changed: boolean }) {
  const pronouns = (summary: BiasSummary, key: string) => count(summary.pronouns[key] ?? 0);
  return (
    <section>
      <h3>In the manner of WinoMT</h3>
      <table class="why-table bias-shares">
        <thead><tr><th scope="col">measure</th><th scope="col">before</th>{changed && <th scope="col">after</th>}<th scope="col"><span class="unseen">meaning</span></th></tr></thead>
        <tbody>
          {ROWS.map(([key, name, about, difference]) => (
            <tr key={key}>
              <th scope="row">{name}</th>
              <td class="numbers">{share(found.before[key], difference)}</td>
              {changed && <td class="numbers">{share(found.after[key], difference)}</td>}
              <td class="quiet">{about}</td>
            </tr>
          ))}
          {SAID.map(([said, pronoun]) => (
            <tr key={said}>
              <th scope="row">pronoun for {pronoun}</th>
              <td class="numbers">{pronouns(found.before, `${said}->m`)} m, {pronouns(found.before, `${said}->f`)} f</td>
              {changed && <td class="numbers">{pronouns(found.after, `${said}->m`)} m, {pronouns(found.after, `${said}->f`)} f</td>}
              <td class="quiet">sentences with that pronoun in the translation</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const MARKS: Record<string, string> = { m: 'masculine', f: 'feminine', unknown: 'not seen' };
const LISTED = 80;

function Case({ one, changed }: { one: BiasCase; changed: boolean }) {
  const mark = (found: string) => <span class={`form-mark ${found === one.gold ? 'right' : found === 'unknown' ? '' : 'wrong'}`}>{MARKS[found]}</span>;
  return (
    <div>
      <dt><Written text={one.source} side="source" /> {one.stereotype !== '' && <span class="form-mark">{one.gold === one.stereotype ? 'pro' : 'anti'}</span>}</dt>
      <dd>
        <div {...written(one.before, 'target')}><bdi class={changed ? 'quiet' : ''}>{one.before}</bdi> {mark(one.found_before)}</div>
        {changed && <div {...written(one.after, 'target')}><bdi><Changed before={one.before} after={one.after} /></bdi> {mark(one.found_after)}</div>}
      </dd>
    </div>
  );
}

function Cases({ found, changed }: { found: BiasResult; changed: boolean }) {
  const listed = listedCases(found, form.value.which);
  return (
    <section class="wide">
      <h3>Sentences</h3>
      <div class="inline-fields">
        <label class="inline">show
          <select value={form.value.which} onChange={(e) => { setForm({ which: e.currentTarget.value as Which }); }}>
            <option value="all">all {count(found.cases.length)}</option>
            {changed && <option value="changed">changed: {count(found.changed_sentences)}</option>}
            <option value="wrong">with the wrong form: {count(listedCases(found, 'wrong').length)}</option>
          </select>
        </label>
        {listed.length > LISTED && <span class="quiet">the first {count(LISTED)}</span>}
      </div>
      {listed.length === 0 && <p class="quiet">None.</p>}
      <dl class="kept bias-cases" tabIndex={0} aria-label="Sentences with their translations">
        {listed.slice(0, LISTED).map((one, i) => <Case key={`${i}${one.source}`} one={one} changed={changed} />)}
      </dl>
    </section>
  );
}

function Result({ found }: { found: BiasResult }) {
  const changed = found.interventions.length > 0;
  const edited = found.interventions.reduce((n, i) => n + i.neurons.length, 0);
  return (
    <div data-role="gender">
      <Doubts texts={found.warnings} />
      <p class="facts numbers">
        {titleOf(found.model)}: {count(found.sentences)} sentences
        {changed ? `, ${count(found.changed_sentences)} changed by ${edited === 1 ? '1 neuron' : `${count(edited)} neurons`}` : ', nothing changed. Select neurons on the page and switch them on to see what they do here.'}
      </p>
      <div class="sheet-grid">
        <Counts found={found} changed={changed} />
        <Shares found={found} changed={changed} />
        <Cases found={found} changed={changed} />
      </div>
    </div>
  );
}

function Body() {
  const job = bias.job.value;
  const found = bias.result.value;
  if (model.value !== null && model.value.task !== 'translation') return <Empty title="Only for translators">This model does not translate, so no gender has to be chosen.</Empty>;
  return (
    <div class="control-sheet">
      <Loaded of={materialLoad} what="The experiment" skeleton={<Skeleton lines={3} />}>{() => <Form />}</Loaded>
      {bias.error.value !== null && <Failure error={bias.error.value} what="The experiment could not be started" dismiss={() => { bias.error.value = null; }} />}
      <Experiments of={bias} />
      {found !== null && <Result found={found} />}
      {found === null && job === undefined && (
        <Empty title="Nothing counted yet">
          English does not say the gender of a doctor; the pronoun does. A translator has to choose a form, and often takes
          the one that is usual. Counted is how often each form comes out with he and with she, clean and with the neurons
          that are switched on.
        </Empty>
      )}
    </div>
  );
}

export function Bias() {
  return <Sheet name="gender" title="Gender of people"><Body /></Sheet>;
}
