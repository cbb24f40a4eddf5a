// The clock of a machine that is busy with something else.
import { expect, it, vi } from 'vitest';

it('does not take a pause of the whole thread for the resolution of the clock', async () => {
  vi.resetModules();
  const { timer } = await import('./timer');
  // Steps of a microsecond, but for half a second within the first, when another process had the core.
  let reads = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => ++reads * 1e-3 + (reads > 2 ? 500 : 0));
  const { resolutionMs } = timer();
  clock.mockRestore();
  vi.resetModules();
  expect(resolutionMs).toBeLessThan(0.01);
});
