/** What a diagram's view means on the canvas: pure, so that it can be tested without a browser. */

const STATES = new Set(['active', 'done', 'problem']);
const STATE_SIGNS = { active: '▶', done: '✓', problem: '⚠' };

/** CSS markers as [element id, class] pairs. */
export function markersOf({ states = {}, elements = {} } = {}) {
  const ofStates = Object.entries(states)
    .filter(([, state]) => STATES.has(state))
    .map(([id, state]) => [id, `tf-${state}`]);
  const ofLevels = Object.entries(elements)
    .filter(([, { level }]) => Number.isInteger(level) && level >= 1 && level <= 5)
    .map(([id, { level }]) => [id, `tf-heat-${level}`]);
  return [...ofStates, ...ofLevels];
}

/** Badges: a value where the view gives one, else the sign of the state, never colour alone. */
export function badgesOf({ states = {}, elements = {} } = {}) {
  const ids = [...new Set([...Object.keys(states), ...Object.keys(elements)])];
  return ids
    .map((id) => {
      const { badge, title } = elements[id] ?? {};
      const state = STATES.has(states[id]) ? states[id] : undefined;
      return { id, text: badge ?? STATE_SIGNS[state], title, tone: state ?? 'value' };
    })
    .filter(({ text }) => text !== undefined && text !== '');
}
