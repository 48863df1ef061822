/** In place of what is read off translations, while the corpus is not translated with these settings. */
import { count } from '../lib/format';
import { translateCorpus } from '../services/corpus';
import { model, project } from '../services/project';
import { interventions } from '../services/selection';
import { Empty } from './States';

export function NotTranslated({ what }: { what: string }) {
  const changed = interventions.value.length;
  const task = model.value?.task;
  const [done, made, verb] = task === 'translation' ? ['translated', 'translations', 'Translate']
    : task === 'language-modelling' ? ['scored', 'log-probabilities', 'Score'] : ['classified', 'classes', 'Classify'];
  return (
    <Empty title={`The corpus is not ${done} with these settings yet`}>
      {what} read off the {made} of all {count(project.value?.corpus.sentences ?? 0)} sentences,
      clean{changed === 0 ? '' : ` and with ${changed} changed ${changed === 1 ? 'neuron' : 'neurons'}`}. They are kept.{' '}
      <button type="button" class="small primary" onClick={translateCorpus}>{verb} the corpus</button>
    </Empty>
  );
}
