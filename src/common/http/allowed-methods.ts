import type { Application } from 'express';

/** The HTTP methods that some route takes at this path, `HEAD` with `GET`. Empty: there is nothing at this path. */
export function allowedMethods({ router }: Application, path: string): string[] {
  const methods = new Set<string>();
  for (const { route } of router.stack.filter((layer) => layer.route && matches(layer, path))) {
    for (const method of Object.keys((route as unknown as { methods: Record<string, boolean> }).methods)) {
      methods.add(method.toUpperCase());
    }
  }
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}

function matches(layer: object, path: string): boolean {
  try {
    return (layer as { match(path: string): boolean }).match(path);
  } catch {
    return false; // a path that can't be decoded
  }
}
