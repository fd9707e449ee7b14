// A number with buttons for one less and one more.

/** Wire every ``[data-stepper]`` below a node. */
export function wireSteppers(root) {
  root.querySelectorAll('[data-stepper]').forEach((stepper) => {
    const input = stepper.querySelector('input');
    const mark = () => input.classList.toggle('is-changed', Number(input.value) !== 0);
    stepper.querySelectorAll('[data-step]').forEach((button) => {
      button.addEventListener('click', () => {
        input.value = clamp((Number(input.value) || 0) + Number(button.dataset.step), input);
        mark();
      });
    });
    input.addEventListener('input', mark);
    mark();
  });
}

function clamp(value, { min, max }) {
  return Math.min(Number(max), Math.max(Number(min), value));
}
