/** What `promise` gives, or null when it has not come within `timeoutMs`. The promise goes on either way. */
export async function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), timeoutMs)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
