/** All hypotheses that the beam search held, from where the text begins; a click forces the way to a node. */
import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { BeamTreeView, DecodedLine } from '../api/types';
import { layTree, pathOf, pieceText } from '../lib/decoding';
import { number, percent } from '../lib/format';
import { keepStop, rove } from '../lib/roving';
import { written } from '../services/writing';
import { Written } from './Written';

type Fate = BeamTreeView['fates'][number];

const WIDTH = 92;
const HEIGHT = 32;
const BOX = 76;

const FATES: readonly [Fate, string, string][] = [
  ['winner', 'the result', 'on the way to the hypothesis that won'],
  ['finished', 'finished', 'on the way to another hypothesis that the search returned'],
  ['left', 'unfinished', 'still running when the search stopped: it could not have won any more'],
  ['outranked', 'outranked', 'on the way to one that ended, but was displaced by better ones'],
  ['pruned', 'pruned', 'nothing that grew out of it stayed among the beams'],
];

const looked = signal<number | null>(null);

function said(tree: BeamTreeView, node: number): string {
  const fate = FATES.find(([name]) => name === tree.fates[node]);
  const score = tree.scores[node];
  const rank = tree.ranks[node];
  const end = score === null || score === undefined ? '' : `; ends here with score ${number(score)}${rank === null || rank === undefined ? '' : `, place ${rank + 1}`}`;
  return `${percent(Math.exp(tree.logprobs[node] ?? 0))} here, log-probability ${number(tree.totals[node])} so far; ${fate?.[2] ?? ''}${end}`;
}

function Readout({ tree }: { tree: BeamTreeView }) {
  const node = looked.value;
  if (node === null || node >= tree.parents.length) {
    return <p class="attention-readout quiet">Point at a node to read its path, or go through the tree with the arrow keys. A click forces the path and decodes on.</p>;
  }
  const path = pathOf(tree, node);
  return (
    <p class="attention-readout" role="status">
      <b><Written side="target" text={path.map((i) => tree.pieces[i] ?? '').join('')}>{path.map((i) => [' ', <bdi key={i}>{pieceText(tree.pieces[i] ?? '')}</bdi>])}</Written></b> <span class="numbers">{said(tree, node)}</span>
    </p>
  );
}

export interface BeamTreeProps {
  line: DecodedLine;
  force: (ids: number[], piece: string) => void;
}

export function BeamTree({ line, force }: BeamTreeProps) {
  const { tree } = line;
  const { rows, height } = useMemo(() => layTree(tree), [tree]);
  const steps = Math.max(0, ...tree.steps) + 1;
  const x = (node: number) => (tree.steps[node] ?? 0) * WIDTH;
  const y = (node: number) => (rows[node] ?? 0) * HEIGHT;
  const first = tree.parents.findIndex((_, i) => tree.fates[i] === 'winner');
  return (
    <div class="beams">
      <Readout tree={tree} />
      <div class="beams-scroll" dir={written(line.view.text, 'target').dir} onKeyDown={rove} onFocusIn={keepStop} onPointerLeave={() => { looked.value = null; }} role="group" aria-label="Beam tree">
        <div class="beams-tree" style={{ inlineSize: `${steps * WIDTH}px`, blockSize: `${height * HEIGHT}px` }}>
          <svg width={steps * WIDTH} height={height * HEIGHT} aria-hidden="true">
            {tree.parents.map((parent, node) => {
              if (parent < 0) return null;
              const [a, b] = [x(parent) + BOX, x(node)];
              const [from, to] = [y(parent) + HEIGHT / 2, y(node) + HEIGHT / 2];
              return <path key={node} class={tree.fates[node] ?? ''} d={`M${a},${from} C${a + 10},${from} ${b - 10},${to} ${b},${to}`} />;
            })}
          </svg>
          {tree.parents.map((_, node) => {
            const ends = tree.scores[node] !== null;
            return (
              <button
                key={node}
                type="button"
                class={`beam ${tree.fates[node] ?? ''} ${ends ? 'end' : ''}`}
                style={{ insetInlineStart: `${x(node)}px`, insetBlockStart: `${y(node) + 4}px` }}
                data-x={tree.steps[node]}
                data-y={rows[node]}
                tabIndex={node === first ? 0 : -1}
                aria-disabled={ends}
                title={said(tree, node)}
                onPointerOver={() => { looked.value = node; }}
                onFocus={() => { looked.value = node; }}
                onClick={() => {
                  if (!ends) force(pathOf(tree, node).map((i) => tree.tokens[i] ?? 0), tree.pieces[node] ?? '');
                }}
              >
                <span class="piece" dir="auto">{pieceText(tree.pieces[node] ?? '')}</span>
                {tree.ranks[node] !== null && <span class="numbers rank">{(tree.ranks[node] ?? 0) + 1}</span>}
              </button>
            );
          })}
        </div>
      </div>
      <ul class="beams-key" aria-label="What became of a hypothesis">
        {FATES.filter(([fate]) => tree.fates.includes(fate)).map(([fate, name, what]) => (
          <li key={fate} title={what}><span class={`beam ${fate}`} aria-hidden="true" />{name}</li>
        ))}
      </ul>
      <div class="plain-table" tabIndex={0} role="group" aria-label="Hypotheses that the search returned">
      <table>
        <thead><tr><th scope="col">place</th><th scope="col">score</th><th scope="col">hypothesis</th></tr></thead>
        <tbody>
          {line.hypotheses.map((one, i) => (
            <tr key={i}><td class="numbers">{i + 1}</td><td class="numbers">{number(one.score)}</td><td {...written(one.text, 'target')}>{one.text}</td></tr>
          ))}
        </tbody>
      </table>
      </div>
    </div>
  );
}
