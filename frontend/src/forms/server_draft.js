import { Autosave } from '../lib/autosave.js';
import { settleTyping } from '../lib/typing.js';

const LOOK_EVERY_MS = 20_000;

/** Keep what is typed into `form` on the server, and say when a task is no longer the person's. */
export function keepOnServer(form, host) {
  const status = host.querySelector('[data-draft-status]');
  const news = document.querySelector('[data-task-news]');
  const token = document.querySelector('meta[name="csrf-token"]').content;

  const tell = (words) => {
    if (!words || !news) return;
    news.querySelector('[data-news-words]').textContent = words;
    news.hidden = false;
    host.querySelector('button[type="submit"]').disabled = true;
    autosave.stop();
  };
  const send = async (values, isLeaving) => {
    const response = await fetch(host.dataset.draftUrl, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token },
      credentials: 'same-origin',
      keepalive: isLeaving,
      body: JSON.stringify(values),
    }).catch(() => undefined);
    const answer = await response?.json().catch(() => ({}));
    const isSaved = answer?.saved !== undefined; // a sign-in page is an answer, too
    status.textContent = isSaved ? answer.saved : host.dataset.notSaved;
    tell(answer?.news);
    return isSaved;
  };

  const autosave = new Autosave({ values: structuredClone(form._getState().data), send });
  form.on('changed', ({ data }) => autosave.changed(structuredClone(data)));
  const leave = () => {
    settleTyping(host);
    autosave.flush({ isLeaving: true });
  };
  addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') leave();
    else look();
  });
  addEventListener('pageshow', ({ persisted }) => persisted && autosave.resume());
  document.querySelector('[data-discards-draft]')?.addEventListener('submit', () => autosave.stop());

  async function look() {
    const response = await fetch(host.dataset.stateUrl, { credentials: 'same-origin' }).catch(
      () => undefined,
    );
    if (response?.ok && !response.redirected) tell((await response.json()).news);
  }
  setInterval(() => {
    if (document.visibilityState === 'visible') look();
  }, LOOK_EVERY_MS);
  return autosave;
}
