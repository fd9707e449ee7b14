/** Dialogs: a button with `data-opens="id"` shows one, `data-closes` within it hides it again. */
export function wireDialogs(root) {
  root.addEventListener('click', (event) => {
    const opener = event.target.closest?.('[data-opens]');
    if (opener) root.getElementById(opener.dataset.opens)?.showModal();
    else if (event.target.closest?.('[data-closes]')) event.target.closest('dialog').close();
    else if (event.target.matches?.('dialog.tf-dialog')) event.target.close(); // its backdrop
  });
  for (const dialog of root.querySelectorAll('dialog[data-open]')) dialog.showModal();
  for (const picker of root.querySelectorAll('[data-picker]')) wirePicker(picker);
}

/** Which entries of a list fit what was typed: every word of it must be found. */
export function fitting(entries, text) {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.map((words) => wanted.every((word) => words.includes(word)));
}

function wirePicker(picker) {
  const search = picker.querySelector('[data-picker-search]');
  const entries = [...picker.querySelectorAll('[data-picker-words]')];
  const nobody = picker.querySelector('[data-picker-empty]');
  const filter = () => {
    const fits = fitting(entries.map((entry) => entry.dataset.pickerWords), search.value);
    entries.forEach((entry, i) => (entry.hidden = !fits[i]));
    nobody.hidden = fits.includes(true);
  };
  search.addEventListener('input', filter);
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return; // Enter chooses the only one left, it does not send
    event.preventDefault();
    const left = entries.filter((entry) => !entry.hidden);
    if (left.length === 1) left[0].querySelector('input').click();
  });
  filter();
}
