/** Which window of the corpus is on the page: part, search, and paging. */
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { count } from '../lib/format';
import { project } from '../services/project';
import { openSheet } from '../services/rankings';
import { page, PAGE, turnPage } from '../services/sentences';
import { change, view, viewed } from '../services/store';
import { Icon } from './Icon';

/** Typing settles this long before it becomes a search. */
const SETTLE = 250;

function Search() {
  const [text, setText] = useState(viewed.query.value);
  // At once: an effect that waits for the frame would take a letter back that is typed meanwhile.
  useLayoutEffect(() => {
    setText(viewed.query.value);
  }, [viewed.query.value]);
  useEffect(() => {
    if (text === view.peek().query) return undefined;
    const timer = setTimeout(() => {
      change({ query: text, offset: 0, item: '' }, { push: true });
    }, SETTLE);
    return () => {
      clearTimeout(timer);
    };
  }, [text]);
  return (
    <input type="search" value={text} placeholder="Find in the corpus" aria-label="Find sentences in the corpus" maxLength={200} onInput={(e) => { setText(e.currentTarget.value); }} />
  );
}

export function Pager() {
  const total = page.value?.total ?? 0;
  const first = viewed.offset.value;
  const last = Math.min(total, first + PAGE);
  const parts = project.value?.corpus.parts ?? [];
  return (
    <div class="pager">
      <select aria-label="Part of the corpus" value={viewed.part.value} onChange={(e) => { change({ part: e.currentTarget.value, offset: 0, item: '' }, { push: true }); }}>
        <option value="">all parts</option>
        {parts.map((p) => <option key={p.name} value={p.name}>{p.name} ({count(p.sentences)})</option>)}
      </select>
      <Search />
      <button type="button" class="small" data-opens="corpus" title="Scores of slices of the corpus, similar sentences that come out otherwise, nearest states" onClick={() => { openSheet('corpus'); }}>Corpus{'\u2026'}</button>
      <span class="numbers quiet range" role="status">
        {total === 0 ? 'none' : `${count(first + 1)}\u2013${count(last)} of ${count(total)}`}
      </span>
      <button type="button" class="small square" aria-label="Previous page of sentences" disabled={first <= 0} onClick={() => { turnPage(-1); }}>
        <Icon name="left" />
      </button>
      <button type="button" class="small square" aria-label="Next page of sentences" disabled={last >= total} onClick={() => { turnPage(1); }}>
        <Icon name="right" />
      </button>
    </div>
  );
}
