// Helpers of this package's tests.
import type { Backend } from '@modeldiet/runtime';

/** Counts sessions that were opened and not released. */
export function counted(inner: Backend): Backend & { open: () => number } {
  let open = 0;
  return {
    ...inner,
    open: () => open,
    async createSession(source, options) {
      const session = await inner.createSession(source, options);
      open++;
      return {
        ...session,
        release: async () => {
          open--;
          await session.release();
        },
      };
    },
  };
}
