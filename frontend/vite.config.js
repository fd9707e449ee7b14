import { readdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { defineConfig } from 'vite';

const root = import.meta.dirname;
const entriesDir = resolve(root, 'src/entries');

/** One entry per page: a new file in src/entries is built without a change here. */
const input = Object.fromEntries(
  readdirSync(entriesDir)
    .filter((file) => file.endsWith('.js'))
    .sort()
    .map((file) => [basename(file, '.js'), resolve(entriesDir, file)]),
);

export default defineConfig({
  root,
  base: '/static/dist/',
  publicDir: false,
  build: {
    outDir: resolve(root, '../web/static/dist'),
    emptyOutDir: true,
    manifest: 'manifest.json',
    // The polyfill is an inline script, which the content security policy forbids.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
    rolldownOptions: { input },
  },
  test: {
    include: ['tests/**/*.test.js'],
    environment: 'node',
  },
});
