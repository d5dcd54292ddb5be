/** Before the first word. */
export const Thinking = () => (
  <p class="thinking">
    <span class="unseen">The answer is on its way</span>
    <i />
    <i />
    <i />
  </p>
);
