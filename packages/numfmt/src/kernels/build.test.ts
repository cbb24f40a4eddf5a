// The committed WebAssembly is what its sources compile to.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { it } from 'vitest';

it('rebuilds to the same bytes', () => {
  execFileSync(process.execPath, [fileURLToPath(new URL('../../../../scripts/build-kernels.mjs', import.meta.url)), '--check', 'packages/numfmt'], {
    stdio: 'pipe',
  });
});
