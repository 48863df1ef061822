/** Keys in a tree (WAI-ARIA tree pattern), over its visible items in the order of the screen. */

export interface TreeItem {
  key: string;
  level: number;
  /** Whether its children are shown; undefined if it has none. */
  open?: boolean;
  flip?: () => void;
}

/** Where a key leads from item `at`: another item, 'flip' to fold or unfold it, null for nowhere. */
export function moveInTree(items: readonly TreeItem[], at: number, key: string): number | 'flip' | null {
  const item = items[at];
  if (item === undefined) return null;
  switch (key) {
    case 'ArrowDown':
      return Math.min(items.length - 1, at + 1);
    case 'ArrowUp':
      return Math.max(0, at - 1);
    case 'Home':
      return 0;
    case 'End':
      return items.length - 1;
    case 'ArrowRight':
      if (item.open === false) return 'flip';
      return (items[at + 1]?.level ?? 0) > item.level ? at + 1 : at;
    case 'ArrowLeft': {
      if (item.open === true) return 'flip';
      for (let i = at - 1; i >= 0; i--) if ((items[i]?.level ?? 0) < item.level) return i;
      return at;
    }
    default:
      return null;
  }
}
