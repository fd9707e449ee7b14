/** Close an open `<details class="tf-menu">` when the person clicks elsewhere or presses Escape. */
export function closeMenusOnLeave(root) {
  const openMenus = () => root.querySelectorAll('details.tf-menu[open]');

  root.addEventListener('click', (event) => {
    for (const menu of openMenus()) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  root.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector('summary').focus();
    }
  });
}
