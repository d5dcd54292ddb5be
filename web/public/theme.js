// Runs before the first paint, so that a chosen theme does not flicker. `theme.ts` keeps the choice.
(() => {
  try {
    const theme = localStorage.getItem('parley.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // Storage can be forbidden; then the system's theme it is.
  }
})();
