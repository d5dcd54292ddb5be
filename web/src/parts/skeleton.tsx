/** Grey lines where text is to come. */
export const Skeleton = ({ lines }: { readonly lines: number }) => (
  <div class="skeleton" aria-hidden="true">
    {Array.from({ length: lines }, (_, n) => (
      <span key={n} />
    ))}
  </div>
);
