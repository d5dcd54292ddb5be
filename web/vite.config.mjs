import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { defineConfig } from 'vite';

const { resolve } = createRequire(import.meta.url);
const ROOT = import.meta.dirname;

/** `name` in `icons.json` → the symbol `#icon-name` in the document: no request, and no markup in scripts. */
const iconSprite = {
  name: 'icon-sprite',
  transformIndexHtml(html) {
    const names = JSON.parse(readFileSync(join(ROOT, 'src', 'icons.json'), 'utf8'));
    const symbols = names.map((name) => {
      const svg = readFileSync(resolve(`lucide-static/icons/${name}.svg`), 'utf8');
      const shapes = /<svg[^>]*>(.*)<\/svg>/s.exec(svg)[1].replace(/\s+/g, ' ').trim();
      return `<symbol id="icon-${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
    });
    const sprite = `<svg hidden aria-hidden="true">${symbols.join('')}</svg>`;
    return html.replace('<div id="page">', `${sprite}\n    <div id="page">`);
  },
};

/** Beside each file that compresses, `.br` and `.gz` of it, so that no request waits for a compression. */
const compressed = {
  name: 'compressed',
  apply: 'build',
  writeBundle({ dir }, bundle) {
    for (const file of Object.keys(bundle).filter((name) => /\.(js|css)$/.test(name))) {
      const bytes = readFileSync(join(dir, file));
      writeFileSync(join(dir, `${file}.gz`), gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }));
      writeFileSync(join(dir, `${file}.br`), brotliCompressSync(bytes));
    }
  },
};

/** `npm run start:page` beside a Parley. The host stays the page's, or the cookie's origin would be another site's. */
const toParley = Object.fromEntries(
  ['/api', '/health', '/docs', '/openapi.json'].map((path) => [
    path,
    { target: 'http://localhost:3000', changeOrigin: false },
  ]),
);

export default defineConfig({
  root: ROOT,
  plugins: [iconSprite, compressed],
  build: {
    outDir: join(ROOT, 'dist'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // data: URLs are not in the policy
    rolldownOptions: { input: [join(ROOT, 'index.html'), join(ROOT, 'error.html')] },
  },
  server: { proxy: toParley },
});
