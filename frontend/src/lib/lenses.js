// The lens switch: one diagram (or a pair of them) shows waiting, work or volume, and its legend.

/**
 * Wire the switch of one ``[data-lenses]`` section to its diagrams.
 *
 * The section carries ``<script data-lens-data>``: a list of {key, sides: [elements, …]}, the sides
 * in the order of the diagrams.
 */
export function wireLenses(section, diagrams) {
  const lenses = JSON.parse(section.querySelector('[data-lens-data]').textContent);
  const legends = [...section.querySelectorAll('[data-lens-legend]')];
  const show = (key) => {
    const lens = lenses.find((one) => one.key === key);
    diagrams.forEach((diagram, side) => diagram?.show({ elements: lens.sides[side] }));
    legends.forEach((legend) => {
      legend.hidden = legend.dataset.lensLegend !== key;
    });
    section.dataset.lens = key;
  };
  const choices = [...section.querySelectorAll('[data-lens-switch] input')];
  choices.forEach((choice) => choice.addEventListener('change', () => show(choice.value)));
  const checked = choices.find((choice) => choice.checked); // kept by the browser over a reload
  if (checked) show(checked.value);
}
