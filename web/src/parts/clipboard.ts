/** Whether it worked. Browsers have a clipboard for pages that came over HTTPS or from this machine, and not for others. */
export const copy = (text: string): Promise<boolean> =>
  Promise.resolve()
    .then(() => navigator.clipboard.writeText(text))
    .then(
      () => true,
      () => false,
    );
