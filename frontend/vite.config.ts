import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  resolve: {
    alias: { $lib: new URL('./src/lib', import.meta.url).pathname },
    ...(mode === 'test' ? { conditions: ['browser'] } : {}),
  },
  build: { target: ['es2022', 'safari16.4'], modulePreload: { polyfill: false } },
  test: { environment: 'jsdom', include: ['src/**/*.test.ts'] },
}));
