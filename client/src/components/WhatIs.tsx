/** What is this neuron? The concept that it answers to, with the evidence, or that nothing was found. */
import { count, fixed, percent, pValue } from '../lib/format';
import type { NeuronName } from '../lib/names';
import { isFinal } from '../lib/jobs';
import { focusName, namesLack, namingError, namingJob, namingNote, startNaming, unnamed } from '../services/names';
import { Failure, JobProgress } from './States';

const HIGH = new Map([[1, 'high'], [-1, 'low']]);

function Evidence({ name }: { name: NeuronName }) {
  const first = name.candidates[0];
  if (first === undefined) return null;
  const rest = name.candidates.slice(1).map((c) => `${c.concept} (${fixed(c.auc, 2)})`).join(', ');
  return (
    <>
      {name.found ? (
        <p>{HIGH.get(first.direction)} on <b>{first.concept}</b></p>
      ) : (
        <p>Nothing found. <span class="quiet">Nearest, but too weak for a name: {HIGH.get(first.direction)} on {first.concept}.</span></p>
      )}
      <p class="quiet">
        On held-out sentences: area under the curve <b class="numbers">{fixed(first.auc, 2)}</b>, average
        precision <b class="numbers">{fixed(name.averagePrecision, 2)}</b> (chance {fixed(name.share, 2)}); {count(name.words)} words
        ({percent(name.share)}); corrected {pValue(name.q)}.{rest !== '' && ` Next: ${rest}.`}
      </p>
    </>
  );
}

/** Names of before labels were added, and what is done about it. */
function Older({ running }: { running: boolean }) {
  const labels = namesLack.value;
  if (labels.length === 0) return null;
  return (
    <p class="quiet" data-role="older-names">
      Found before {labels.join(', ')} {labels.length === 1 ? 'was' : 'were'} added; all neurons {running ? 'are being compared again, also' : 'can be compared again, also'} with {labels.length === 1 ? 'this label' : 'these labels'}.{' '}
      {!running && <button type="button" class="small" onClick={() => void startNaming()}>Compare again</button>}
    </p>
  );
}

export function WhatIs() {
  const name = focusName.value;
  const job = namingJob.value;
  const note = namingNote.value;
  if (name === undefined && !unnamed.value && job === null && namingError.value === null && note === '') return null;
  const running = job !== null && !isFinal(job);
  return (
    <div class="what-is" data-role="what-is">
      <h3>What is this neuron?</h3>
      {name !== undefined && <Evidence name={name} />}
      <Older running={running} />
      {note !== '' && <p class="quiet" data-role="naming-note">{note}</p>}
      {name === undefined && unnamed.value && !running && (
        <p>
          <button type="button" class="small" onClick={() => void startNaming()}>Name the neurons</button>{' '}
          <span class="quiet">compares each with a bank of concepts, once for all</span>
        </p>
      )}
      {namingError.value !== null && <Failure error={namingError.value} what="The neurons could not be named" />}
      {(name === undefined || namesLack.value.length > 0) && job !== null && job.state !== 'done' && <JobProgress job={job} />}
    </div>
  );
}
