/** Project, model, what is active, jobs, and the page's own switches. */
import { signal } from '@preact/signals';
import { helpOpen } from '../services/keys';
import { activeJobs, jobs } from '../services/jobs';
import { line } from '../services/connection';
import { notify, say } from '../services/notices';
import { setTheme, theme, type ThemeChoice } from '../services/preferences';
import { model, project, switchModel } from '../services/project';
import { openProject, projectsLoad } from '../services/creation';
import { openSheet } from '../services/rankings';
import { interventions, switchAllOff } from '../services/selection';
import { link } from '../services/store';
import { parameters } from '../lib/format';
import { whatFor } from '../lib/task';
import type { Sheet } from '../lib/view';
import { Icon, type IconName } from './Icon';
import { JobProgress } from './States';

const copied = signal(false);

async function copyLink(): Promise<void> {
  try {
    await navigator.clipboard.writeText(link());
    copied.value = true;
    say('Link copied');
    setTimeout(() => {
      copied.value = false;
    }, 1500);
  } catch {
    notify('warning', 'The browser does not let this page copy. The address bar holds the link.');
  }
}

/** The title, which is a list as soon as there is more than one project or one may be made. */
function ProjectSwitch() {
  const open = project.value;
  const list = projectsLoad.load.value.value;
  if (open === null || list === null || (list.projects.length < 2 && !list.new)) {
    return <h1 title={open?.description}>{open?.title ?? '\u00a0'}</h1>;
  }
  return (
    <>
      <h1 class="unseen">{open.title}</h1>
      <select
        class="project-switch"
        data-opens="project"
        aria-label="Project"
        title={open.description}
        value={open.id}
        onChange={(e) => {
          const id = e.currentTarget.value;
          e.currentTarget.value = open.id;
          if (id === '+') openSheet('project');
          else openProject(id);
        }}
      >
        {list.projects.map((p) => <option key={p.id} value={p.id}>{p.title}</option>)}
        {list.new && <option value="+">New project{'\u2026'}</option>}
      </select>
    </>
  );
}

function ModelSwitch() {
  const now = model.value;
  return (
    <label class="model-switch">
      <span class="quiet">model</span>
      <select value={now?.name ?? ''} disabled={now === null} onChange={(e) => { switchModel(e.currentTarget.value); }}>
        {project.value?.models.map((m) => <option key={m.name} value={m.name}>{m.title}</option>)}
      </select>
    </label>
  );
}

function Active() {
  const n = interventions.value.length;
  if (n === 0) return <span class="chip idle">no neuron changed</span>;
  return (
    <span class="chip active" data-role="active">
      {n} {n === 1 ? 'neuron' : 'neurons'} changed
      <button type="button" class="small" onClick={switchAllOff}><Icon name="off" /> all off</button>
    </span>
  );
}

function Jobs() {
  const running = activeJobs.value.length;
  return (
    <>
      <button type="button" class="small" popovertarget="jobs-list">
        <Icon name="jobs" /> Jobs {running > 0 && <span class="count">{running}</span>}
      </button>
      <div id="jobs-list" popover="auto" class="jobs-card" role="region" aria-label="Jobs">
        <h2>Jobs</h2>
        {jobs.value.length === 0 && <p class="quiet">Nothing has been asked of the server yet. Extracting activations and scoring the corpus appear here.</p>}
        <ul>
          {jobs.value.slice(0, 30).map((job) => <li key={job.id}><JobProgress job={job} /></li>)}
        </ul>
      </div>
    </>
  );
}

/** Experiments on the whole model, each in a sheet of its own. */
const EXPERIMENTS: readonly (readonly [Sheet, string, string])[] = [
  ['control', 'Control a property', 'turn number, tense or gender by a few neurons'],
  ['gender', 'Gender of people', 'which form occupations get with he and she'],
  ['prune', 'Prune the model', 'take the least important units out for good'],
];

/** Why an experiment is not there for the open model; null if it is. */
function missing(sheet: Sheet): string | null {
  const task = model.value?.task;
  if (sheet === 'prune') return model.value?.prunable.length === 0 ? model.value.unprunable : null;
  if (task === 'translation') return null;
  if (sheet === 'control') return 'for translators: it turns the word that a labelled word of the source is translated by';
  return task === 'language-modelling'
    ? 'for translators, which choose a form. Here: "Who made this word?", he rather than she, after a text such as "The doctor said that"'
    : 'for translators: it counts forms that are written';
}

function Experiments() {
  return (
    <>
      <button type="button" class="small" data-opens="control gender prune" popovertarget="experiments-list">Experiments</button>
      <div id="experiments-list" popover="auto" class="jobs-card experiments-card" role="region" aria-label="Experiments">
        <ul>
          {EXPERIMENTS.map(([sheet, title, about]) => (
            <li key={sheet}>
              <button type="button" class="plain" disabled={missing(sheet) !== null} popovertarget="experiments-list" popovertargetaction="hide" onClick={() => { openSheet(sheet); }}>
                <strong>{title}</strong> <span class="quiet">{missing(sheet) ?? about}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

const NEXT: Record<ThemeChoice, ThemeChoice> = { system: 'light', light: 'dark', dark: 'system' };
const LOOKS: Record<ThemeChoice, [IconName, string]> = {
  system: ['auto', 'as the system'], light: ['sun', 'light'], dark: ['moon', 'dark'],
};

function ThemeSwitch() {
  const [icon, name] = LOOKS[theme.value];
  return (
    <button type="button" class="small square" aria-label={`Theme: ${name}. Change`} title={`Theme: ${name}`} onClick={() => { setTheme(NEXT[theme.value]); }}>
      <Icon name={icon} />
    </button>
  );
}

export function Header() {
  const now = model.value;
  return (
    <header class="top">
      <span class="brand">NeuroX</span>
      <ProjectSwitch />
      <ModelSwitch />
      {now !== null && (
        <span class="quiet model-facts">
          {whatFor(now)}, {parameters(now.parameters)}
        </span>
      )}
      <span class="spring" />
      <Active />
      {line.value === 'lost' && <span class="chip warn">offline</span>}
      {now !== null && <Experiments />}
      <Jobs />
      <button type="button" class="small" onClick={() => void copyLink()}><Icon name="link" /> {copied.value ? 'Copied' : 'Copy link'}</button>
      <ThemeSwitch />
      <button type="button" class="small square" aria-label="Help and keys" title="Help and keys (?)" onClick={() => { helpOpen.value = true; }}><Icon name="help" /></button>
    </header>
  );
}
