/** Puts a button behind each command that copies it, where the browser lets a page do that. */
export function copyable(codes: Iterable<Element>): void {
  if (navigator.clipboard === undefined) return;
  for (const code of codes) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    button.setAttribute('aria-label', `Copy ${code.textContent}`);
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(code.textContent ?? '');
      button.textContent = 'Copied';
      setTimeout(() => {
        button.textContent = 'Copy';
      }, 1500);
    });
    code.after(button);
  }
}
