const user = document.querySelector('#user');
const password = document.querySelector('#password');

for (const button of document.querySelectorAll('[data-demo-user]')) {
  button.addEventListener('click', () => {
    user.value = button.dataset.demoUser;
    password.focus();
  });
}
