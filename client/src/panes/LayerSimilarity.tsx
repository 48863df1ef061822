/** How alike the layers of one model or two are, as a heat map (linear CKA). */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { HeatTable } from '../components/Charts';
import { Failure, JobProgress } from '../components/States';
import { Sheet } from '../components/Sheet';
import { count, fixed } from '../lib/format';
import { isFinal } from '../lib/jobs';
import { jobById } from '../services/jobs';
import { similarity, startSimilarity } from '../services/details';
import { model, project } from '../services/project';
import { modelTitle } from '../services/rankings';
import { viewed } from '../services/store';

const other = signal('');
const stack = signal<'encoder' | 'decoder'>('encoder');

function Result() {
  const found = similarity.result.value;
  if (found === null) return null;
  const [name, against] = JSON.parse(similarity.started.value?.about ?? '["",null]') as [string, string | null];
  return (
    <section data-role="similarity">
      <h3>Linear CKA of {modelTitle(name)} (down) and {modelTitle(against ?? name)} (across)</h3>
      <HeatTable label="Linear CKA" rows={found.rows} columns={found.columns} values={found.values} show={(v) => fixed(v, 2)} />
      <p class="quiet">1: the same up to rotation and scale; 0: nothing in common. Over {count(found.tokens)} words or tokens (Kornblith et al. 2019).</p>
    </section>
  );
}

function Form() {
  const { error, job, started } = similarity;
  const wanted = error.value?.code === 'not_ready' && error.value.job !== null ? jobById(error.value.job) : undefined;
  const ask = () => void startSimilarity(other.value === '' ? null : other.value, stack.value);
  useEffect(() => {
    if (started.value === null) ask();
  }, []);
  // Whoever waits for activations has asked already.
  const recorded = wanted?.state === 'done';
  useEffect(() => {
    if (recorded) ask();
  }, [recorded]);
  const waiting = wanted !== undefined && !isFinal(wanted);
  return (
    <>
      <div class="inline-fields">
        <label class="inline">
          {model.value?.title} with
          <select value={other.value} onChange={(e) => { other.value = e.currentTarget.value; ask(); }}>
            <option value="">itself</option>
            {project.value?.models.filter((m) => m.name !== model.value?.name).map((m) => <option key={m.name} value={m.name}>{m.title}</option>)}
          </select>
        </label>
        <label class="inline">
          stack
          <select value={stack.value} onChange={(e) => { stack.value = e.currentTarget.value as 'encoder' | 'decoder'; ask(); }}>
            <option value="encoder">encoder</option>
            <option value="decoder">decoder</option>
          </select>
        </label>
        <button type="button" class="small" onClick={ask}>Compare layers</button>
      </div>
      {error.value !== null && !waiting && <Failure error={error.value} what="The layers could not be compared" retry={ask} />}
      {waiting && (
        <>
          <p role="status">The layers are compared when the corpus has been read by the model.</p>
          <JobProgress job={wanted} />
        </>
      )}
      {error.value === null && job.value !== null && job.value.state !== 'done' && <JobProgress job={job.value} />}
      {error.value === null && <Result />}
    </>
  );
}

export function LayerSimilarity() {
  return (
    <Sheet name="layers" title="Similarity of layers">
      {viewed.sheet.value === 'layers' && model.value !== null && <Form />}
    </Sheet>
  );
}
