/** Errors and warnings of the whole page, the banner of a lost server, and what is read aloud. */
import { useEffect, useState } from 'preact/hooks';
import { line } from '../services/connection';
import { dismiss, notices, spoken } from '../services/notices';
import { Icon } from './Icon';

/** A short break is not worth a banner. */
const PATIENCE = 1200;

function LostServer() {
  const lost = line.value === 'lost';
  const [visible, setVisible] = useState(false);
  useEffect(() => {
    if (!lost) {
      setVisible(false);
      return undefined;
    }
    const timer = setTimeout(() => {
      setVisible(true);
    }, PATIENCE);
    return () => {
      clearTimeout(timer);
    };
  }, [lost]);
  if (!visible) return null;
  return (
    <div class="banner" role="alert">
      <strong>The server is gone.</strong> Nothing here is lost; this page reconnects by itself. If it does not, start the
      server again with <code>neurox demo</code> or <code>make demo</code>.
    </div>
  );
}

export function Notices() {
  return (
    <div class="notices">
      <LostServer />
      {notices.value.map((n) => (
        <div key={n.id} class={`notice ${n.kind}`} role={n.kind === 'error' ? 'alert' : 'status'}>
          <span>{n.text}</span>
          <button type="button" class="plain tiny" aria-label="Dismiss" onClick={() => { dismiss(n.id); }}><Icon name="close" /></button>
        </div>
      ))}
      <div class="unseen" aria-live="polite">{spoken.value}</div>
    </div>
  );
}
