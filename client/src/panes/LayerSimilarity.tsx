/** How alike the layers of one model or two are, as a heat map (linear CKA). */
import { useEffect } from 'preact/hooks';
import { HeatTable, Ramp } from '../components/Charts';
import { Failure, JobProgress } from '../components/States';
import { Sheet } from '../components/Sheet';
import { shareOf, spanOf } from '../lib/colour';
import { count, fixed } from '../lib/format';
import { isFinal } from '../lib/jobs';
import { jobById } from '../services/jobs';
import { comparedStacks, comparedLayers, similarity, startSimilarity } from '../services/details';
import { model, project } from '../services/project';
import { modelTitle } from '../services/rankings';
import { change, viewed } from '../services/store';

function Result() {
  const found = similarity.result.value;
  if (found === null) return null;
  const [name, against, stack] = JSON.parse(similarity.started.value?.about ?? '["",null,""]') as [string, string | null, string];
  const span = viewed.layersShade.value === 'all' ? [0, 1] as const : spanOf(found.values);
  return (
    <section class="similarity" data-role="similarity">
      <h3>Linear CKA of {modelTitle(name)} (down) and {modelTitle(against ?? name)} (across), {stack}</h3>
      <HeatTable label="Linear CKA" rows={found.rows} columns={found.columns} values={found.values} show={(v) => fixed(v, 2)} shade={(v) => shareOf(v, span)} />
      <div class="inline-fields">
        <Ramp label="Shades of linear CKA" from={span[0]} to={span[1]} show={(v) => fixed(v, 2)} />
        <label class="inline">
          shades from
          <select value={viewed.layersShade.value} onChange={(e) => { change({ layersShade: e.currentTarget.value as 'all' | 'range' }); }}>
            <option value="all">0 to 1</option>
            <option value="range">the least to the most here</option>
          </select>
        </label>
      </div>
      <p class="quiet">1: the same up to rotation and scale; 0: nothing in common. Over {count(found.tokens)} words or tokens (Kornblith et al. 2019).</p>
    </section>
  );
}

function Form() {
  const { error, job } = similarity;
  const wanted = error.value?.code === 'not_ready' && error.value.job !== null ? jobById(error.value.job) : undefined;
  const key = comparedLayers.value;
  const ask = () => void startSimilarity(key);
  useEffect(() => {
    // What was found before, or stopped, is shown as it is; the button asks again.
    if (similarity.started.peek()?.about !== key || similarity.error.peek() !== null) ask();
  }, [key]);
  // Whoever waits for activations has asked already.
  const recorded = wanted?.state === 'done';
  useEffect(() => {
    if (recorded) ask();
  }, [recorded]);
  const waiting = wanted !== undefined && !isFinal(wanted);
  const stacks = comparedStacks.value;
  return (
    <>
      <div class="inline-fields">
        <label class="inline">
          {model.value?.title} with
          <select value={viewed.layersWith.value} onChange={(e) => { change({ layersWith: e.currentTarget.value }, { push: true }); }}>
            <option value="">itself</option>
            {project.value?.models.filter((m) => m.name !== model.value?.name).map((m) => <option key={m.name} value={m.name}>{m.title}</option>)}
          </select>
        </label>
        <label class="inline">
          stack
          <select value={(JSON.parse(key) as string[])[2]} onChange={(e) => { change({ layersOf: e.currentTarget.value as 'encoder' | 'decoder' }, { push: true }); }}>
            {stacks.map((stack) => <option key={stack} value={stack}>{stack}</option>)}
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
