import { writeFile } from 'node:fs/promises';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Says that every file of the build is written; the router serves nothing before. */
const markComplete = {
  name: 'mark-complete',
  closeBundle: async () => writeFile(new URL('./dist/.complete', import.meta.url), ''),
};

export default defineConfig({
  base: '/graphiql/',
  plugins: [react(), markComplete],
  build: { outDir: 'dist', emptyOutDir: true, chunkSizeWarningLimit: 10_000, reportCompressedSize: false },
  worker: { format: 'es' },
});
