/** A failure fit for a person: what happened, and the next step. */
export class Fault extends Error {
  readonly code: string;
  readonly hint: string;

  constructor(code: string, message: string, hint = '') {
    super(message);
    this.name = 'Fault';
    this.code = code;
    this.hint = hint;
  }

  /** Whatever a call was rejected with, as a Fault: an object, its JSON, an Error or plain words. */
  static from(reason: unknown): Fault {
    if (reason instanceof Fault) return reason;
    const known = fields(typeof reason === 'string' ? parsed(reason) : reason);
    if (known) return new Fault(known.code ?? 'unknown', known.message, known.hint ?? '');
    if (typeof reason === 'string' && reason.trim() !== '') return new Fault('unknown', reason.trim());
    return new Fault('unknown', 'Something went wrong.', 'Try once more; the log may say more.');
  }
}

interface Fields {
  code?: string;
  message: string;
  hint?: string;
}

function fields(value: unknown): Fields | null {
  if (typeof value !== 'object' || value === null || !('message' in value)) return null;
  const { code, message, hint } = value as Record<string, unknown>;
  if (typeof message !== 'string' || message === '') return null;
  return { message, ...(typeof code === 'string' ? { code } : {}), ...(typeof hint === 'string' ? { hint } : {}) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
