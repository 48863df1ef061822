/** Texts of a model among words of the page: each keeps its own direction and moves nothing beside it. */
import type { ComponentChildren } from 'preact';
import { written } from '../services/writing';

export interface WrittenProps {
  text: string;
  side: 'source' | 'target';
  class?: string;
  /** The same text with something marked. */
  children?: ComponentChildren;
}

export function Written({ text, side, children, class: name }: WrittenProps) {
  return <bdi {...written(text, side)} class={name}>{children ?? text}</bdi>;
}

/**
 * What a text became, read from the left like the page: an arrow is not turned by the direction of what
 * stands around it, so that in a line from the right it would point from the new text to the old one.
 */
export function Turned({ before, children }: { before: string; children: ComponentChildren }) {
  return <><Written text={before} side="target" /> {'\u2192'} {children}</>;
}
