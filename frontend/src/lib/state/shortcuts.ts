/** What a key does. `always`: also while a field has the focus; `over`: also while something lies over the window. */
export interface Shortcut {
  key: string;
  ctrl?: boolean;
  /** Absent: whether Shift is held does not matter, since it takes part in writing some keys. */
  shift?: boolean;
  always?: boolean;
  over?: boolean;
  /** Held down, it acts again and again. */
  held?: boolean;
  run: () => void;
}

/** Finds and runs what a key press means here; true when it meant something. */
export function press(event: KeyboardEvent, shortcuts: readonly Shortcut[], covered: boolean): boolean {
  if (event.defaultPrevented || event.altKey) return false;
  const ctrl = event.ctrlKey || event.metaKey;
  const found = shortcuts.find(
    (s) => s.key === event.key.toLowerCase() && Boolean(s.ctrl) === ctrl && (s.shift ?? event.shiftKey) === event.shiftKey,
  );
  if (!found || (event.repeat && !found.held) || (covered && !found.over) || (!found.always && takesKeys(event.target, event.key))) return false;
  event.preventDefault();
  found.run();
  return true;
}

// Letters belong to fields; Space and Enter also to whatever can be pressed with them.
function takesKeys(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest('input, textarea, select, [contenteditable]:not([contenteditable="false"]), [role="menu"], [role="dialog"]')) return true;
  return key === ' ' && target.closest('button, a, summary, [role="radio"], [role="switch"], [role="tab"]') !== null;
}
