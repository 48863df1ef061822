/** The rankings of the open model: families, rankings, and a sub-ranking for each label. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../components/Icon';
import { FAMILIES, isReady } from '../lib/methods';
import { moveInTree, type TreeItem } from '../lib/tree';
import { method, project } from '../services/project';
import { aboutOf, listedRankings, showMethod, showRanking, unlistedMethod } from '../services/rankings';
import { viewed } from '../services/store';

/** Families that are folded, and rankings whose labels are unfolded. */
const folded = signal<ReadonlySet<string>>(new Set());
const unfolded = signal<ReadonlySet<string>>(new Set());
/** Item that Tab goes to. */
const current = signal('');

function flip(of: typeof folded, key: string): void {
  const next = new Set(of.peek());
  if (next.has(key)) next.delete(key);
  else next.add(key);
  of.value = next;
}

interface Item extends TreeItem {
  text: string;
  about?: string;
  title?: string;
  selected: boolean;
  act: () => void;
}

function rankingItems(family: string): Item[] {
  const [id, label] = [viewed.ranking.value, viewed.label.value];
  // Asked for in the form, but no other than what its analysis gives by itself: the analysis stands for it.
  const plain = unlistedMethod.value;
  const items: Item[] = (project.value?.rankings ?? []).filter((r) => r.family === family && isReady(r)).map((r) => ({
    key: `m:${r.name}`, level: 2, text: r.title, title: r.summary,
    selected: id === '' ? method.value?.name === r.name : plain === r.name,
    act: () => { showMethod(r.name); },
  }));
  for (const info of listedRankings.value.filter((r) => r.family === family)) {
    const key = `r:${info.id}`;
    const open = unfolded.value.has(key) !== (info.id === id);
    const flipOpen = () => { flip(unfolded, key); };
    items.push({
      key, level: 2, text: info.title, about: aboutOf(info), selected: info.id === id && label === '',
      act: () => { showRanking(info.id); },
      ...(info.labels.length === 0 ? {} : { open, flip: flipOpen }),
    });
    if (!open) continue;
    for (const part of info.labels) {
      items.push({
        key: `${key}:${part.label}`, level: 3, text: part.label, selected: info.id === id && label === part.label,
        act: () => { showRanking(info.id, part.label); },
      });
    }
  }
  return items;
}

function allItems(): Item[] {
  return FAMILIES.flatMap(([family, title]) => {
    const below = rankingItems(family);
    if (below.length === 0) return [];
    const key = `f:${family}`;
    const open = !folded.value.has(key);
    const flipOpen = () => { flip(folded, key); };
    const head: Item = { key, level: 1, text: title, selected: false, open, flip: flipOpen, act: flipOpen };
    return [head, ...(open ? below : [])];
  });
}

function Row({ item, first }: { item: Item; first: boolean }) {
  const kind = item.level === 1 ? 'tree-family' : item.level === 3 ? 'tree-label' : item.about === undefined ? 'method' : 'tree-ranking';
  return (
    <div
      role="treeitem"
      class={`${kind} ${item.selected ? 'chosen' : ''}`}
      aria-level={item.level}
      aria-selected={item.selected}
      {...(item.open === undefined ? {} : { 'aria-expanded': item.open })}
      tabIndex={first ? 0 : -1}
      data-key={item.key}
      title={item.title}
      onClick={() => {
        current.value = item.key;
        item.act();
      }}
    >
      {item.open !== undefined && (
        <span
          class={`fold ${item.open ? 'open' : ''}`}
          aria-hidden="true"
          onClick={(e) => {
            e.stopPropagation();
            item.flip?.();
          }}
        >
          <Icon name="right" />
        </span>
      )}
      <span>{item.text}</span>
      {item.about !== undefined && item.about !== '' && <>{' '}<span class="about">{item.about}</span></>}
    </div>
  );
}

export function RankingTree() {
  const ref = useRef<HTMLDivElement>(null);
  const items = allItems();
  const tab = items.some((i) => i.key === current.value) ? current.value : (items.find((i) => i.selected)?.key ?? items[0]?.key);
  const chosen = items.find((i) => i.selected)?.key;
  useEffect(() => {
    const row = ref.current?.querySelector('.chosen');
    // With its labels under it, as many as there is room for.
    const below = items.findIndex((i) => i.key === chosen) + 1;
    const end = items.findIndex((i, at) => at >= below && i.level < 3);
    const last = items[(end < 0 ? items.length : end) - 1]?.key ?? '';
    ref.current?.querySelector(`[data-key="${CSS.escape(last)}"]`)?.scrollIntoView({ block: 'nearest' });
    row?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const go = (key: string) => {
    current.value = key;
    ref.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus();
  };
  const keys = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = items.findIndex((i) => i.key === tab);
    const item = items[at];
    if (item === undefined) return;
    if (event.key === 'Enter' || event.key === ' ') item.act();
    else {
      const move = moveInTree(items, at, event.key);
      if (move === null) return;
      if (move === 'flip') item.flip?.();
      else go(items[move]?.key ?? item.key);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div ref={ref} class="ranking-tree" role="tree" aria-label="Rankings" onKeyDown={keys}>
      {items.map((item) => <Row key={item.key} item={item} first={item.key === tab} />)}
    </div>
  );
}
