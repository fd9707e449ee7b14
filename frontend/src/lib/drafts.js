/**
 * What was filled in, kept while it is on its way to the server.
 *
 * If the server could not save it, the person goes back and finds the form as they left it. The
 * draft goes as soon as any other page of the application opens, so that it never meets the next
 * patient.
 */
const KEY = 'twinflow-draft';

export function keepDraft(storage, path, values) {
  storage.setItem(KEY, JSON.stringify({ path, values }));
}

export function takeDraft(storage, path) {
  const draft = JSON.parse(storage.getItem(KEY) ?? 'null');
  storage.removeItem(KEY);
  return draft?.path === path ? draft.values : {};
}

/** Called on every page but the refusals; `hasForm` pages take their own draft. */
export function dropDraft(storage, { isRefusal, hasForm }) {
  if (!isRefusal && !hasForm) storage.removeItem(KEY);
}
