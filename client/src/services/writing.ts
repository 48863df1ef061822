/** How the texts of the open model are written. */
import type { ModelInfo } from '../api/types';
import { writtenAs, type Written } from '../lib/writing';
import { model } from './project';

/** `dir` and `lang` of a text that the model reads (`source`) or writes (`target`, and references of it). */
export function written(text: string, side: 'source' | 'target', of: ModelInfo | null | undefined = model.value): Written {
  return side === 'source'
    ? writtenAs(text, of?.source_direction ?? 'auto', of?.source_language)
    : writtenAs(text, of?.target_direction ?? 'auto', of?.target_language);
}
