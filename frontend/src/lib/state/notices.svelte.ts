import { Fault } from '../bridge';
import type { Notice } from './types';

/** What can be done about a notice. */
export interface Step {
  label: string;
  run: () => void;
}

export interface Shown extends Notice {
  id: number;
  step?: Step;
  /** It goes by itself after a while. */
  passing: boolean;
}

const most = 3;

/** What a person should know now and can dismiss. The same thing is said once. */
export class Notices {
  #shown = $state.raw<readonly Shown[]>([]);
  #next = 1;

  get shown(): readonly Shown[] {
    return this.#shown;
  }

  add(notice: Notice & { step?: Step }, passing = false): void {
    const others = this.#shown.filter((other) => other.message !== notice.message);
    this.#shown = [...others, { ...notice, id: this.#next++, passing }].slice(-most);
  }

  /** Says a short thing that needs no answer, but may have one. */
  say(message: string, step?: Step): void {
    this.add({ code: 'said', message, hint: '', ...(step ? { step } : {}) }, true);
  }

  fault(reason: unknown): void {
    const { code, message, hint } = Fault.from(reason);
    this.add({ code, message, hint }, true);
  }

  dismiss(id: number): void {
    this.#shown = this.#shown.filter((notice) => notice.id !== id);
  }

  /** Runs a call and shows its fault; false when it failed. */
  async guard(call: () => Promise<unknown>): Promise<boolean> {
    try {
      await call();
      return true;
    } catch (reason) {
      this.fault(reason);
      return false;
    }
  }
}
