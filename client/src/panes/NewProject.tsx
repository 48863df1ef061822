/** A new project: models, each looked into before it is taken, and a text. */
import { useState } from 'preact/hooks';
import { costInWords, roomInWords } from '../components/RecordingCost';
import { Failure, JobProgress } from '../components/States';
import { Icon } from '../components/Icon';
import { Sheet } from '../components/Sheet';
import type { CheckResult, RecordingCost } from '../api/types';
import { count, parameters } from '../lib/format';
import {
  addModel, candidateJob, candidates, costLoad, createProject, creating, creationError, dropModel, lacking, ownText, projectsLoad,
  references, refusal, reportOf, sources, title, type Candidate,
} from '../services/creation';

const STATE = { holds: 'holds', broken: 'BROKEN', 'not judged': 'not judged' } as const;

/** What a translation model reads and writes; empty if its files do not say. */
function languages(found: CheckResult): string {
  const codes = [found.source_language, found.target_language];
  if (codes.every((code) => code === 'und')) return '';
  const named = codes.map((code) => (code === 'und' ? 'not stated' : code)).join(' to ');
  return found.languages.length > 0 ? `${named}, of ${count(found.languages.length)}` : named;
}

/** What stands beside sites and laws in the report of `neurox check`. */
function facts(found: CheckResult): [string, string][] {
  const listed: [string, string][] = [
    ['precision', `${found.dtype} on ${found.device}`],
    ['texts', `up to ${count(found.max_tokens)} tokens`],
    ['special tokens', Object.entries(found.special_tokens).map(([role, token]) => `${role.replace('_token', '')} ${token}`).join(', ')],
    ['languages', languages(found)],
    ['classes', found.labels.slice(0, 12).join(', ')],
    ['fingerprint', found.fingerprint],
  ];
  return listed.filter(([, value]) => value !== '');
}

function Report({ found }: { found: CheckResult }) {
  const broken = found.laws.filter((law) => law.state === 'broken');
  return (
    <div class="check-report">
      <p>
        <strong>{found.ok ? 'Read and edited correctly' : broken.length === 1 ? '1 law is broken' : `${count(broken.length)} laws are broken`}</strong>
        <span class="quiet">
          {' '}{found.architecture}, {found.task.replace('-', ' ')}, {parameters(found.parameters)}, vocabulary {count(found.vocabulary)}, {found.task === 'encoding' ? 'gives activations, so there is no score' : `scored by ${found.score}`}
        </span>
      </p>
      <table>
        <thead><tr><th scope="col">stack</th><th scope="col">layers</th><th scope="col">heads</th><th scope="col">sites and widths</th></tr></thead>
        <tbody>
          {found.stacks.map((stack) => (
            <tr key={stack.name}>
              <th scope="row">{stack.name}</th>
              <td class="numbers">{stack.layers}</td>
              <td class="numbers">{stack.heads ?? ''}</td>
              <td>{Object.entries(stack.sites).map(([site, width]) => `${site} ${width}`).join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <dl class="check-facts">
        {facts(found).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
      {Object.keys(found.unused_weights).length > 0 && (
        <p class="warning">
          The checkpoint has weights that are not used: {Object.entries(found.unused_weights).map(([part, n]) => `${part} (${count(n)})`).join(', ')}. If there are layers among them, config.json names too few.
        </p>
      )}
      {Object.entries(found.unresolved).map(([site, why]) => <p key={site} class="warning">{site} was not found: {why}</p>)}
      {Object.entries(found.own_settings).map(([setting, why]) => <p key={setting} class="quiet">Its own <code>{setting}</code> is not taken over: {why}.</p>)}
      <details open={!found.ok}>
        <summary>laws ({count(found.laws.filter((l) => l.state === 'holds').length)} hold)</summary>
        <ul>{found.laws.map((law) => <li key={law.name} class={law.state === 'broken' ? 'worse' : ''}><b>{STATE[law.state]}</b> {law.name}. <span class="quiet">{law.detail}</span></li>)}</ul>
      </details>
      <details>
        <summary>what can be done with it</summary>
        <ul>{found.abilities.map((a) => <li key={a.name}><b>{a.possible ? 'yes' : 'no'}</b> {a.name}. <span class="quiet">{a.why}</span></li>)}</ul>
      </details>
    </div>
  );
}

function Model({ one }: { one: Candidate }) {
  const job = candidateJob(one);
  const report = reportOf(one);
  return (
    <li>
      <div class="candidate">
        <code>{one.reference}</code>
        <button type="button" class="plain tiny" aria-label={`Remove ${one.reference}`} onClick={() => { dropModel(one.reference); }}><Icon name="close" /></button>
      </div>
      {one.error !== null && <Failure error={one.error} what="This model cannot be added" />}
      {report !== null && <Report found={report} />}
      {report === null && job !== undefined && <JobProgress job={job} compact />}
    </li>
  );
}

function Models() {
  const [typed, setTyped] = useState('');
  const demo = projectsLoad.load.value.value?.demo_models ?? [];
  const add = () => {
    void addModel(typed);
    setTyped('');
  };
  return (
    <fieldset>
      <legend>Models</legend>
      <div class="inline-fields">
        <input
          type="text"
          class="long"
          list="demo-models"
          aria-label="Model"
          placeholder="a folder of this machine, a hub name such as Helsinki-NLP/opus-mt-en-fr, or a demo model"
          maxLength={500}
          value={typed}
          onInput={(e) => { setTyped(e.currentTarget.value); }}
          onKeyDown={(e) => {
            if (e.key !== 'Enter') return;
            e.preventDefault();
            add();
          }}
        />
        <datalist id="demo-models">{demo.map((name) => <option key={name} value={name} />)}</datalist>
        <button type="button" disabled={typed.trim() === ''} onClick={add}>Add and check</button>
      </div>
      <p class="quiet">Each is opened and put to the laws of reading and editing before you use it. A hub name is downloaded if it is not on this machine. The languages of a multilingual model stand behind its name: <code>facebook/nllb-200-distilled-600M:eng_Latn:fra_Latn</code>.</p>
      <ul class="candidates">{candidates.value.map((one) => <Model key={one.reference} one={one} />)}</ul>
    </fieldset>
  );
}

async function readFile(input: HTMLInputElement, into: { value: string }): Promise<void> {
  const file = input.files?.[0];
  if (file !== undefined) into.value = await file.text();
}

function Text() {
  return (
    <fieldset>
      <legend>Text</legend>
      <label class="inline"><input type="radio" name="text-of" checked={ownText.value} onChange={() => { ownText.value = true; }} /> my own</label>
      <label class="inline"><input type="radio" name="text-of" checked={!ownText.value} onChange={() => { ownText.value = false; }} /> the demo&apos;s English and French</label>
      {ownText.value && (
        <div class="texts-in">
          <label>sentences, one a line, perhaps each with its reference after a tab
            <textarea rows={7} spellcheck={false} value={sources.value} onInput={(e) => { sources.value = e.currentTarget.value; }} />
            <input type="file" accept=".txt,.tsv,text/plain" aria-label="A file of sentences" onChange={(e) => { void readFile(e.currentTarget, sources); }} />
          </label>
          <label>references, one a line, if they are not beside the sentences
            <textarea rows={7} spellcheck={false} value={references.value} onInput={(e) => { references.value = e.currentTarget.value; }} />
            <input type="file" accept=".txt,text/plain" aria-label="A file of references" onChange={(e) => { void readFile(e.currentTarget, references); }} />
          </label>
          <p class="quiet">Without references there are no scores of translations, and a translator&apos;s decoder is recorded while it writes the model&apos;s own translations. Language models and encoders need none.</p>
        </div>
      )}
    </fieldset>
  );
}

/** What recording will take, told before the project is made. */
function Cost() {
  const { state, value, error } = costLoad.load.value;
  if (state === 'idle') return null;
  if (state === 'error' && error !== null) return <p class="recording-cost warning" role="status">What recording takes cannot be told. {error.message}</p>;
  if (state !== 'ready' || value === null) return <p class="recording-cost quiet" role="status">Trying what recording takes</p>;
  const [first, ...others] = value.models;
  if (first === undefined) return null;
  const takes = (one: RecordingCost) => (one.recorded ? 'is recorded already' : `takes ${costInWords(one)}`);
  return (
    <div role="status">
      <p class="recording-cost quiet">
        {others.length === 0 && first.recorded
          ? 'The activations of this model on this text are recorded already'
          : others.length === 0 ? `Recording ${takes(first)}` : `Recording, each model when it is first looked at: ${value.models.map((m) => `${m.title} ${takes(m)}`).join(', ')}`}; {roomInWords(first)}.
      </p>
      {value.together !== null && <p class="recording-cost warning">{value.together}</p>}
    </div>
  );
}

export function NewProject() {
  const open = projectsLoad.load.value.value;
  return (
    <Sheet name="project" title="New project" alone>
      {open?.new === false ? (
        <p class="warning">New projects are switched off on this server. Whoever runs it can allow them with --new-projects, or add a project file.</p>
      ) : (
        <form
          class="new-project"
          onSubmit={(e) => {
            e.preventDefault();
            void createProject();
          }}
        >
          <label>title <input type="text" class="long" maxLength={120} value={title.value} onInput={(e) => { title.value = e.currentTarget.value; }} /></label>
          <Models />
          <Text />
          <div class="form-end">
            {creationError.value !== null && <Failure error={creationError.value} what="The project was not made" dismiss={() => { creationError.value = null; }} />}
            <Cost />
            {lacking.value !== null && <p class={lacking.value === refusal.value ? 'warning' : 'quiet'} role="status">{lacking.value}</p>}
            <button type="submit" class="primary" disabled={lacking.value !== null || creating.value}>Make the project</button>
          </div>
        </form>
      )}
    </Sheet>
  );
}
