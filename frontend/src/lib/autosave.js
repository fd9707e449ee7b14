const TIMES = { quietMs: 1200, longestMs: 5000, againMs: 10_000 };

/**
 * Saves what is typed a moment after it was, and at least every few seconds while one types.
 *
 * `send(values, isLeaving)` resolves to whether it was saved. Nothing is sent twice, and nothing
 * after `stop()`: what is completed must not come back as a draft.
 */
export class Autosave {
  #saved;
  #values;
  #timer;
  #since;
  #isStopped = false;
  #isSending = false;

  constructor({ values, send, now = () => Date.now(), ...times }) {
    Object.assign(this, TIMES, times, { send, now });
    this.#values = values;
    this.#saved = JSON.stringify(values);
  }

  get isDirty() {
    return JSON.stringify(this.#values) !== this.#saved;
  }

  changed(values) {
    this.#values = values;
    if (this.#isStopped || !this.isDirty) return;
    this.#since ??= this.now();
    const left = this.#since + this.longestMs - this.now();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), Math.max(0, Math.min(this.quietMs, left)));
  }

  async flush({ isLeaving = false } = {}) {
    clearTimeout(this.#timer);
    if (this.#isStopped || !this.isDirty || (this.#isSending && !isLeaving)) return;
    this.#since = undefined;
    const values = this.#values;
    const before = this.#saved;
    this.#saved = JSON.stringify(values); // leaving a page is told twice
    this.#isSending = true;
    const isSaved = await this.send(values, isLeaving).catch(() => false);
    this.#isSending = false;
    if (!isSaved) this.#saved = before;
    if (isSaved) {
      this.changed(this.#values); // what was typed meanwhile
    } else if (!this.#isStopped) {
      this.#timer = setTimeout(() => this.flush(), this.againMs);
    }
  }

  stop() {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  resume() {
    this.#isStopped = false;
  }
}
