/** Files of labels from the user's computer: read here as text, checked and kept by the server. */
import { computed, signal } from '@preact/signals';
import { ApiError, ask } from '../api/client';
import type { AddedLabels, LabelFile } from '../api/types';
import { count } from '../lib/format';
import type { Sheet } from '../lib/view';
import { formOf, LARGEST, nameOf, type Form } from '../lib/labelFiles';
import { draft, set, type Side } from './draft';
import { focusSoon } from './focusing';
import { labelChanges } from './labels';
import { say } from './notices';
import { inProject, project, projectLoad } from './project';
import { openSheet } from './rankings';
import { asApiError, Resource } from './resource';
import { view, viewed } from './store';

export const form = signal<Form>('conllu');
export const side = signal<Side>('source');
export const name = signal('');
/** The files that were chosen, not read yet. */
export const labelsFile = signal<File | null>(null);
export const wordsFile = signal<File | null>(null);
/** Counts up when the chosen files are forgotten, which only a new field can show. */
export const forgotten = signal(0);
export const addError = signal<ApiError | null>(null);
export const adding = signal(false);
/** The sheet that asked for labels. */
const asking = signal<Sheet>('');

export const filesLoad = new Resource<AddedLabels[]>(
  computed(() => (project.value === null || viewed.sheet.value !== 'labels' ? null : JSON.stringify([project.value.id, labelChanges.value]))),
  async (stop, key) => {
    const [id] = JSON.parse(key) as [string];
    return (await ask<{ files: AddedLabels[] }>(inProject(id, 'label-files'), { signal: stop })).files;
  },
);

/** Open the form from another sheet, for the side that is looked at there. */
export function addLabels(of: Side): void {
  [side.value, asking.value, addError.value] = [of, view.peek().sheet, null];
  openSheet('labels');
}

export const canGoBack = computed(() => asking.value !== '');

/** Return to the sheet that asked, which is as it was left, to where a label is chosen. */
export function goBack(): void {
  openSheet(asking.peek());
  focusSoon('[data-role="label-choice"]');
}

/** Take a file as the one of labels, with what its name says of it. */
export function chooseLabels(file: File | null): void {
  const before = labelsFile.peek();
  labelsFile.value = file;
  addError.value = null;
  if (file === null) return;
  form.value = formOf(file.name) ?? form.peek();
  // A name that somebody typed stays.
  if (name.peek() === (before === null ? '' : nameOf(before.name))) name.value = nameOf(file.name);
}

/** What is missing before the file can be added; null if nothing is. */
export const lacks = computed<string | null>(() => {
  if (labelsFile.value === null) return 'Choose a file.';
  if (name.value.trim() === '') return 'Give the labels a name.';
  return null;
});

async function textOf(file: File): Promise<string> {
  if (file.size > LARGEST) throw new ApiError('page', `${file.name} has ${count(Math.ceil(file.size / 1e6))} MB; a file of labels may have ${LARGEST / 1e6} MB.`, 0);
  try {
    // Decoded strictly: otherwise labels in another encoding would come out as question marks.
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    throw new ApiError('page', `${file.name} cannot be read as UTF-8 text. Save it as UTF-8, or choose it again if it has changed since.`, 0);
  }
}

export async function addFile(): Promise<void> {
  const [p, file, words] = [project.peek(), labelsFile.peek(), wordsFile.peek()];
  if (p === null || file === null || lacks.peek() !== null || adding.peek()) return;
  adding.value = true;
  addError.value = null;
  try {
    const pairs = form.peek() === 'pairs' && words !== null;
    const body: LabelFile = {
      form: form.peek(), side: side.peek(), name: name.peek().trim(), content: await textOf(file), file: file.name.slice(0, 120),
      words: pairs ? await textOf(words) : null, words_file: pairs ? words.name.slice(0, 120) : '',
    };
    const added = await ask<AddedLabels>(inProject(p.id, 'label-files'), { body });
    [labelsFile.value, wordsFile.value, name.value] = [null, null, ''];
    forgotten.value++;
    changed();
    say(`${added.labels.join(', ')} added`);
    if (asking.peek() === 'new') set({ side: side.peek(), label: added.labels[0] ?? draft.peek().label, labelOptions: {}, without: [], against: '', layer: '' });
    if (view.peek().sheet !== 'labels') return;
    if (canGoBack.peek()) goBack();
    else focusSoon(`[data-file="${added.id}"]`);
  } catch (error) {
    addError.value = asApiError(error);
    focusSoon('[type=submit]');
  } finally {
    adding.value = false;
  }
}

export async function removeFile(id: string): Promise<void> {
  const p = project.peek();
  if (p === null) return;
  addError.value = null;
  try {
    const left = filesLoad.load.peek().value ?? [];
    const at = left.findIndex((file) => file.id === id);
    const next = left[at + 1] ?? left[at - 1];
    await ask(inProject(p.id, `label-files/${encodeURIComponent(id)}`), { method: 'DELETE' });
    changed();
    focusSoon(next === undefined ? '#labels-file' : `[data-file="${next.id}"]`);
  } catch (error) {
    addError.value = asApiError(error);
  }
}

/** Everything that names labels asks again. */
function changed(): void {
  labelChanges.value++;
  projectLoad.reload();
}
