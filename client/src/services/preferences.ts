/** What belongs to the person and not to the view: kept in this browser, not in the address. */
import { signal } from '@preact/signals';

export type ThemeChoice = 'system' | 'light' | 'dark';

const KEY = 'neurox.theme';

function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}

export const theme = signal<ThemeChoice>('system');

function apply(choice: ThemeChoice): void {
  document.documentElement.style.colorScheme = choice === 'system' ? '' : choice;
  document.documentElement.dataset.theme = choice;
}

export function setTheme(choice: ThemeChoice): void {
  theme.value = choice;
  apply(choice);
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // Storage can be forbidden; the choice then lasts as long as the page.
  }
}

export function loadPreferences(): void {
  theme.value = stored();
  apply(theme.value);
}
