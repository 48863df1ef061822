/** Labels from files of the user's computer: add one, see what was added, take it away. */
import { Failure, Loaded, Skeleton } from '../components/States';
import { Icon } from '../components/Icon';
import { Sheet } from '../components/Sheet';
import type { AddedLabels } from '../api/types';
import { count } from '../lib/format';
import { FORMS, LARGEST, type Form } from '../lib/labelFiles';
import type { Side } from '../services/draft';
import {
  addError, addFile, adding, canGoBack, chooseLabels, filesLoad, forgotten, form, goBack, labelsFile, lacks, name, removeFile, side, wordsFile,
} from '../services/labelFiles';

function FileField({ id, title, help, file, choose }: { id: string; title: string; help: string; file: File | null; choose: (file: File | null) => void }) {
  return (
    <div class="option">
      <label for={id}>{title}</label>
      <input key={forgotten.value} id={id} type="file" aria-describedby={`${id}-help`} onChange={(e) => { choose(e.currentTarget.files?.[0] ?? null); }} />
      <span id={`${id}-help`} class="quiet">{file === null ? help : `${file.name}, ${count(Math.ceil(file.size / 1000))} kB`}</span>
    </div>
  );
}

function Fields() {
  const about = FORMS.find((f) => f.form === form.value);
  const named = form.value === 'pairs' || form.value === 'words';
  return (
    <fieldset>
      <legend>A file of labels</legend>
      <FileField id="labels-file" title="file" help={`UTF-8 text of at most ${LARGEST / 1e6} MB.`} file={labelsFile.value} choose={chooseLabels} />
      <div class="option">
        <label for="labels-form">form</label>
        <select id="labels-form" class="to-end" value={form.value} onChange={(e) => { form.value = e.currentTarget.value as Form; addError.value = null; }}>
          {FORMS.map((f) => <option key={f.form} value={f.form}>{f.title}</option>)}
        </select>
      </div>
      {about !== undefined && (
        <div class="explained" data-role="label-form">
          <p class="quiet">{about.about}</p>
          <pre class="formula">{about.example}</pre>
          <p class="quiet">Words are found in the sentence by their characters, so a file may cut them differently from NeuroX.</p>
        </div>
      )}
      {form.value === 'pairs' && <FileField id="labels-words" title="file of words" help="If the words are not the sentences cut at spaces." file={wordsFile.value} choose={(file) => { wordsFile.value = file; addError.value = null; }} />}
      <div class="option">
        <label for="labels-side">text</label>
        <select id="labels-side" class="to-end" value={side.value} onChange={(e) => { side.value = e.currentTarget.value as Side; addError.value = null; }}>
          <option value="source">source, read by the encoder</option>
          <option value="reference">reference, written by the decoder</option>
        </select>
      </div>
      <div class="option">
        <label for="labels-name">name</label>
        <input id="labels-name" type="text" maxLength={40} spellcheck={false} autocomplete="off" aria-describedby="labels-name-help" value={name.value} onInput={(e) => { name.value = e.currentTarget.value; addError.value = null; }} />
        <span id="labels-name-help" class="quiet">{named ? 'What the label is called.' : 'Stands before a label whose name is taken, as in mine/upos.'}</span>
      </div>
    </fieldset>
  );
}

function Row({ file }: { file: AddedLabels }) {
  return (
    <li data-file={file.id} tabIndex={-1}>
      <div class="candidate">
        <span>
          <b>{file.labels.join(', ')}</b>{file.labels.length > 0 && ' '}
          <span class="quiet">{file.file}{file.side === null ? '' : `, ${file.side}`}{file.error === '' && `: ${count(file.words)} words of the corpus have a label by it`}</span>
        </span>
        <button type="button" class="plain tiny" aria-label={`Remove ${file.file}`} onClick={() => void removeFile(file.id)}><Icon name="close" /></button>
      </div>
      {file.error !== '' && <p class="warning">Left out: {file.error}</p>}
    </li>
  );
}

export function LabelFiles() {
  return (
    <Sheet name="labels" title="Labels from files" narrow>
      <form
        class="new-ranking"
        onSubmit={(e) => {
          e.preventDefault();
          void addFile();
        }}
      >
        <Loaded of={filesLoad} what="The files that were added" skeleton={<Skeleton lines={1} />}>
          {(files) => (files.length === 0 ? null : (
            <fieldset>
              <legend>Added</legend>
              <ul class="candidates" aria-label="Added files of labels">{files.map((file) => <Row key={file.id} file={file} />)}</ul>
              <p class="quiet">They are kept with the project, and can be chosen wherever a label can.</p>
            </fieldset>
          ))}
        </Loaded>
        <Fields />
        <div class="form-end">
          {addError.value !== null && <Failure error={addError.value} what="The labels were not added" dismiss={() => { addError.value = null; }} />}
          {lacks.value !== null && <p class="quiet" role="status">{lacks.value}</p>}
          <div class="inline-fields">
            {canGoBack.value && <button type="button" onClick={goBack}>Back</button>}
            <button type="submit" class="primary" disabled={lacks.value !== null || adding.value}>{adding.value ? 'Reading' : 'Add the labels'}</button>
          </div>
        </div>
      </form>
    </Sheet>
  );
}
