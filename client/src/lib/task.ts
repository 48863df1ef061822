/** What a model is for, in the words of the page. */
import type { ModelInfo } from '../api/types';
import { languageTag } from './writing';

export type Task = ModelInfo['task'];

interface Words {
  /** What the pane of texts is called. */
  pane: string;
  /** What the model makes of a text. */
  output: string;
  /** What it should have made. */
  gold: string;
  /** What the button does to a sentence of one's own. */
  verb: string;
}

const WORDS: Record<Task, Words> = {
  translation: { pane: 'Translations', output: 'translation', gold: 'reference', verb: 'Translate' },
  'language-modelling': { pane: 'Continuations', output: 'continuation', gold: 'text', verb: 'Continue' },
  classification: { pane: 'Classes', output: 'classes', gold: 'label', verb: 'Classify' },
  'token-classification': { pane: 'Word classes', output: 'classes', gold: 'labels', verb: 'Classify' },
  encoding: { pane: 'Texts', output: 'output', gold: 'reference', verb: 'Read' },
};

export function wordsOf(task: Task | undefined): Words {
  return WORDS[task ?? 'translation'];
}

/** Why there is no score on a corpus, which may have references (or labels) or not; null if there is one. */
export function whyUnscorable(task: Task, gold: boolean): string | null {
  if (task === 'encoding') return 'This model has no output that could be scored: it has activations, and attention.';
  // A language model is scored by the probability of the text itself.
  if (gold || task === 'language-modelling') return null;
  const [what, by] = task === 'translation' ? ['translations', 'references'] : ['classes', 'labels'];
  return `The text has no ${by} to score ${what} by. A new project can have them: after each sentence, behind a tab.`;
}

/** Whether the model makes something of a text, so that a change shows in more than activations. */
export function hasOutput(task: Task | undefined): boolean {
  return task !== 'encoding';
}

/** Whether the model decodes text token by token, so that beams and words of its output matter. */
export function writes(task: Task | undefined): boolean {
  return task === undefined || task === 'translation' || task === 'language-modelling';
}

/** "en\u2192fr" of a translation model whose languages are known, else its task in words. */
export function whatFor(model: ModelInfo): string {
  const known = [model.source_language, model.target_language].every((code) => code !== 'und' && code !== '');
  return model.task === 'translation' && known ? `${model.source_language}\u2192${model.target_language}` : model.task.replace('-', ' ');
}

/** "an English sentence", or "a sentence" where the language is not known. */
export function ofLanguage(code: string | undefined): string {
  const tag = languageTag(code);
  if (code === undefined || tag === undefined) return 'a sentence';
  // Without a script that goes without saying, which would make it "Arabic (Arabic)".
  const name = new Intl.DisplayNames('en', { type: 'language' }).of(tag.minimize().toString()) ?? code;
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name} sentence`;
}
