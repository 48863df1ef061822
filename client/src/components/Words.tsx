/** A line of words that light up with the same words elsewhere; some of them can be marked. */
import { memo } from '../lib/memo';
import type { TextView } from '../api/types';
import { segments } from '../lib/diff';
import { hoverKey } from '../services/hover';

export interface WordsProps {
  view: TextView;
  /** Which text this is, for linking; none for texts that nothing else shows. */
  link: { item: string; side: 'source' | 'target' | 'reference' } | null;
  marked?: readonly number[];
  /** How marked words are drawn: as new ones or as lost ones. */
  kind?: 'added' | 'removed';
}

/** Words as spans inside plain text, so that it can be selected, searched and read aloud. */
export const Words = memo(function Words({ view, link, marked = [], kind = 'added' }: WordsProps) {
  const parts = segments(view.words, view.spaces, marked);
  if (view.words.length === 0) return <span class="quiet">{view.text === '' ? '(nothing)' : view.text}</span>;
  return (
    <>
      {parts.map((part) => {
        const words = part.words.map((word, i) => (
          <span key={i} data-h={link === null ? undefined : hoverKey(link.item, link.side, part.first + i)}>
            {word}
          </span>
        ));
        const spaced = words.flatMap((span, i) => (i > 0 && part.spaces[i] === true ? [' ', span] : [span]));
        const before = part.spaces[0] === true ? ' ' : '';
        if (!part.marked) return [before, ...spaced];
        return [
          before,
          kind === 'added' ? (
            <mark key={part.first}>{spaced}</mark>
          ) : (
            <span key={part.first} class="lost">{spaced}</span>
          ),
        ];
      })}
    </>
  );
}, (a, b) => a.view === b.view && a.marked === b.marked && a.kind === b.kind && a.link?.item === b.link?.item);
