/** One neuron over one text. The words are drawn once; colour comes from the painter. */
import { useSignalEffect } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { ModelInfo } from '../api/types';
import type { ActivatedText } from '../services/activations';
import { neuronScale, type NeuronMoments } from '../lib/colour';
import { columnsOf, paintTokens } from '../lib/painter';
import { hoverKey } from '../services/hover';
import { viewed } from '../services/store';
import { written } from '../services/writing';

export interface TokenRowProps {
  neuron: string;
  item: string;
  side: 'source' | 'target' | 'reference' | 'difference';
  /** The model whose text it is; the open one if it is not said. */
  of?: ModelInfo | undefined;
  text: ActivatedText;
  values: Float32Array;
  moments: NeuronMoments;
  pieces: boolean;
  /** Token positions of the neuron's intervention, if it is limited to some. */
  positions: readonly number[] | null;
}

function isMarked(props: TokenRowProps, column: number): boolean {
  const { positions, pieces, text } = props;
  if (positions === null) return false;
  if (pieces) return positions.includes(column);
  return positions.some((p) => text.view.piece_words[p] === column);
}

export function TokenRow(props: TokenRowProps) {
  const { neuron, item, side, text, values, moments, pieces } = props;
  const ref = useRef<HTMLDivElement>(null);
  const columns = useMemo(() => columnsOf(text.view, pieces), [text.view, pieces]);
  const as = written(text.view.text, side === 'source' || text.kind === 'source' ? 'source' : 'target', props.of);
  const painted = useRef<{ tokens: Element[]; names: string[] }>({ tokens: [], names: [] });
  const paint = () => {
    const { tokens, names } = painted.current;
    painted.current.names = paintTokens(tokens, values, text.start, neuronScale(viewed.scale.value, moments, values), names);
  };
  useLayoutEffect(() => {
    const tokens = [...(ref.current?.children ?? [])];
    painted.current = { tokens, names: tokens.map((token) => token.className) };
    paint();
  }, [columns, values, text.start, moments]);
  useSignalEffect(paint);
  useEffect(() => {
    const cells = ref.current?.children ?? [];
    for (let i = 0; i < cells.length; i++) cells[i]?.toggleAttribute('data-marked', isMarked(props, i));
  });
  return (
    <div ref={ref} class="tokens" {...as} role="presentation" data-n={neuron}>
      {columns.flatMap((column, i) => {
        const cell = (
          <span key={i} role="gridcell" data-h={column.word < 0 ? `${item}|special|${i}` : hoverKey(item, side, column.word)} data-c={i} data-special={column.special ? '' : undefined} dir={column.code ? 'ltr' : undefined}>
            {column.text}
          </span>
        );
        return column.space && i > 0 ? [' ', cell] : [cell];
      })}
    </div>
  );
}
